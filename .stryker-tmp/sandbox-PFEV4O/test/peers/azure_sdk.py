"""What an operator does with Azure's Python SDK, step by step: each prints one line of JSON.

The sandbox takes any token, over plain HTTP, which the SDK's own policy for tokens refuses to use.
"""

import json
import sys

from azure.core import MatchConditions
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.network import NetworkManagementClient

ENDPOINT, SUBSCRIPTION = sys.argv[1:]
GROUP, LOCATION = "kubernetes", "westeurope"
NETWORK, SUBNET, TABLE, NSG = "vnet1", "nodes", "kubernetes-routes", "nodes-nsg"


def client(kind):
    token = AzureKeyCredential("token")
    policy = AzureKeyCredentialPolicy(token, "Authorization", prefix="Bearer")
    return kind(token, SUBSCRIPTION, base_url=ENDPOINT, authentication_policy=policy, polling_interval=0)


network, compute = client(NetworkManagementClient), client(ComputeManagementClient)


def tell(step, **facts):
    print(json.dumps({"step": step, **facts}))


def refused(step, call):
    try:
        call()
    except HttpResponseError as error:
        tell(step, status=error.status_code, code=error.error.code if error.error else None)
    else:
        tell(step, status=None, code=None)


def build_network():
    made = network.virtual_networks.begin_create_or_update(
        GROUP,
        NETWORK,
        {
            "location": LOCATION,
            "properties": {
                "addressSpace": {"addressPrefixes": ["10.240.0.0/16"]},
                "subnets": [{"name": SUBNET, "properties": {"addressPrefix": "10.240.0.0/24"}}],
            },
        },
    ).result()
    tell("network", state=made.provisioning_state, subnets=[each.name for each in made.subnets])
    table = network.route_tables.begin_create_or_update(GROUP, TABLE, {"location": LOCATION}).result()
    subnet = network.subnets.get(GROUP, NETWORK, SUBNET)
    subnet.route_table = table
    put = network.subnets.begin_create_or_update(GROUP, NETWORK, SUBNET, subnet).result()
    tell("subnet", state=put.provisioning_state, has_table=put.route_table.id == table.id)
    return put


def guard_subnet():
    network.network_security_groups.begin_create_or_update(GROUP, NSG, {"location": LOCATION}).result()
    rule = network.security_rules.begin_create_or_update(
        GROUP,
        NSG,
        "from-pods",
        {
            "properties": {
                "priority": 100,
                "direction": "Inbound",
                "access": "Allow",
                "protocol": "*",
                "sourceAddressPrefix": "10.200.0.0/16",
                "sourcePortRange": "*",
                "destinationAddressPrefix": "*",
                "destinationPortRange": "*",
            }
        },
    ).result()
    tell("rule", name=rule.name, priority=rule.priority, state=rule.provisioning_state)


def launch_machines(subnet):
    for index in range(3):
        nic = network.network_interfaces.begin_create_or_update(
            GROUP,
            f"node-{index}-nic",
            {
                "location": LOCATION,
                "properties": {
                    "enableIPForwarding": True,
                    "ipConfigurations": [{"name": "first", "properties": {"subnet": {"id": subnet.id}}}],
                },
            },
        ).result()
        compute.virtual_machines.begin_create_or_update(
            GROUP,
            f"node-{index}",
            {
                "location": LOCATION,
                "tags": {"pod-cidr": f"10.200.{index}.0/24"},
                "properties": {
                    "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
                    "networkProfile": {
                        "networkInterfaces": [{"id": nic.id, "properties": {"primary": True}}]
                    },
                },
            },
        ).result()
    machines = list(compute.virtual_machines.list(GROUP))
    tags, states = zip(*((each.tags["pod-cidr"], each.provisioning_state) for each in machines))
    tell("machines", tags=tags, states=states)


def work_on_machine():
    """As `az vm update` does: the machine is read and put back whole."""
    machine = compute.virtual_machines.get(GROUP, "node-0")
    vm_id, etag = machine.vm_id, machine.etag
    machine.tags["role"] = "worker"
    put = compute.virtual_machines.begin_create_or_update(GROUP, "node-0", machine).result()
    compute.virtual_machines.begin_restart(GROUP, "node-0").result()
    view = compute.virtual_machines.instance_view(GROUP, "node-0")
    same_vm, power = put.vm_id == vm_id, view.statuses[-1].code
    tell("machine", tags=put.tags, same_vm=same_vm, etags=[etag, put.etag], power=power)
    refused(
        "machine of another version",
        lambda: compute.virtual_machines.begin_create_or_update(
            GROUP, "node-0", machine, etag='"7"', match_condition=MatchConditions.IfNotModified
        ).result(),
    )


def write_routes():
    for index in range(3):
        nic = network.network_interfaces.get(GROUP, f"node-{index}-nic")
        network.routes.begin_create_or_update(
            GROUP,
            TABLE,
            f"kubernetes-route-10-200-{index}-0-24",
            {
                "properties": {
                    "addressPrefix": f"10.200.{index}.0/24",
                    "nextHopType": "VirtualAppliance",
                    "nextHopIpAddress": nic.ip_configurations[0].private_ip_address,
                }
            },
        ).result()
    table = network.route_tables.get(GROUP, TABLE)
    tell("routes", routes=[[each.address_prefix, each.next_hop_ip_address] for each in table.routes])


def ask_for_addresses():
    def ask(address):
        return network.virtual_networks.check_ip_address_availability(GROUP, NETWORK, ip_address=address)

    free, taken = ask("10.240.0.20"), ask("10.240.0.4")
    tell("addresses", free=free.available, taken=taken.available, offered=taken.available_ip_addresses)
    refused("address in no subnet", lambda: ask("10.240.9.9"))


def grow_scale_set(subnet):
    nic = {
        "name": "nic",
        "properties": {
            "primary": True,
            "ipConfigurations": [{"name": "first", "properties": {"subnet": {"id": subnet.id}}}],
        },
    }
    compute.virtual_machine_scale_sets.begin_create_or_update(
        GROUP,
        "pool",
        {
            "location": LOCATION,
            "sku": {"name": "Standard_D2s_v5", "capacity": 2},
            "properties": {
                "orchestrationMode": "Uniform",
                "upgradePolicy": {"mode": "Manual"},
                "virtualMachineProfile": {"networkProfile": {"networkInterfaceConfigurations": [nic]}},
            },
        },
    ).result()
    instances = compute.virtual_machine_scale_set_vms
    tagged = {"location": LOCATION, "tags": {"pod-cidr": "10.200.9.0/24"}}
    put = instances.begin_update(GROUP, "pool", "0", tagged).result()
    listed = list(instances.list(GROUP, "pool"))
    tell("scale set", instances=[each.instance_id for each in listed], tags=put.tags)
    refused("instance of no number", lambda: instances.get(GROUP, "pool", "first"))


def peer_networks():
    body = {"location": LOCATION, "properties": {"addressSpace": {"addressPrefixes": ["10.250.0.0/16"]}}}
    other = network.virtual_networks.begin_create_or_update(GROUP, "vnet2", body).result()
    here = network.virtual_networks.get(GROUP, NETWORK)
    peerings = network.virtual_network_peerings
    for name, remote in ((NETWORK, other.id), ("vnet2", here.id)):
        body = {"properties": {"remoteVirtualNetwork": {"id": remote}, "allowForwardedTraffic": True}}
        peerings.begin_create_or_update(GROUP, name, "peering", body).result()
    read = [peerings.get(GROUP, name, "peering") for name in (NETWORK, "vnet2")]
    tell("peerings", states=[each.peering_state for each in read])


def tear_down():
    compute.virtual_machine_scale_sets.begin_delete(GROUP, "pool").result()
    for index in range(3):
        compute.virtual_machines.begin_delete(GROUP, f"node-{index}").result()
        network.network_interfaces.begin_delete(GROUP, f"node-{index}-nic").result()
    for name in (NETWORK, "vnet2"):
        network.virtual_networks.begin_delete(GROUP, name).result()
    left = [*network.virtual_networks.list(GROUP), *network.network_interfaces.list(GROUP)]
    tell("end", left=[each.name for each in left])
    refused("machine that is gone", lambda: compute.virtual_machines.get(GROUP, "node-0"))


built = build_network()
guard_subnet()
launch_machines(built)
work_on_machine()
write_routes()
ask_for_addresses()
grow_scale_set(built)
peer_networks()
tear_down()
