// @ts-nocheck
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AwsSandbox, startAwsSandbox } from '../../shared/sandbox/aws-server.ts';

const run = promisify(execFile);
const WORKERS = [0, 1, 2].map((i) => ({
  name: `worker-${i}`,
  address: `10.0.1.2${i}`,
  podCidr: `10.200.${i}.0/24`,
}));

let sandbox: AwsSandbox;
let subnet = '';
let table = '';

beforeAll(async () => {
  sandbox = await startAwsSandbox();
});
afterAll(() => sandbox.close());

/** These follow one upon another, as the commands of an operator do. */
describe('The aws program against the sandbox', () => {
  it('builds a network', async () => {
    const vpc = await aws(['create-vpc', '--cidr-block', '10.0.0.0/16', '--query', 'Vpc.VpcId']);
    subnet = await aws([
      ...['create-subnet', '--vpc-id', vpc, '--cidr-block', '10.0.1.0/24', '--query', 'Subnet.SubnetId'],
    ]);
    const gateway = await aws(['create-internet-gateway', '--query', 'InternetGateway.InternetGatewayId']);
    await aws(['attach-internet-gateway', '--internet-gateway-id', gateway, '--vpc-id', vpc]);
    table = await aws(['create-route-table', '--vpc-id', vpc, '--query', 'RouteTable.RouteTableId']);
    await aws(['associate-route-table', '--route-table-id', table, '--subnet-id', subnet]);
    await aws([
      ...['create-route', '--route-table-id', table, '--destination-cidr-block', '0.0.0.0/0'],
      ...['--gateway-id', gateway],
    ]);
    for (const { name, address, podCidr } of WORKERS) {
      await aws([
        ...['run-instances', '--image-id', 'ami-12c6146b', '--count', '1', '--instance-type', 't3.micro'],
        ...['--subnet-id', subnet, '--private-ip-address', address],
        ...['--user-data', `name=${name}|pod-cidr=${podCidr}`],
        ...['--tag-specifications', `ResourceType=instance,Tags=[{Key=Name,Value=${name}}]`],
      ]);
    }
    expect([...sandbox.ec2.state.instances.values()].map(({ state }) => state)).toEqual([
      'running',
      'running',
      'running',
    ]);
  });

  it('gets through the loop of the manual procedure, and prints what that prints', async () => {
    const { stdout } = await shell(SEED_LOOP, { ROUTE_TABLE_ID: table });
    const answered = '{\n    "Return": true\n}\n';
    expect(stdout).toBe(WORKERS.map(({ address, podCidr }) => `${address} ${podCidr}\n${answered}`).join(''));
  });

  it('shows the final list of routes', async () => {
    const routes = JSON.parse(
      await aws(
        ['describe-route-tables', '--route-table-ids', table, '--query', 'RouteTables[].Routes'],
        'json',
      ),
    );
    const toInstance = WORKERS.map(({ podCidr }) => ({
      DestinationCidrBlock: podCidr,
      InstanceId: expect.stringMatching(/^i-[0-9a-f]{17}$/),
      InstanceOwnerId: sandbox.account,
      NetworkInterfaceId: expect.stringMatching(/^eni-[0-9a-f]{17}$/),
      Origin: 'CreateRoute',
      State: 'active',
    }));
    expect(routes).toHaveLength(1);
    expect(routes[0]).toHaveLength(5);
    expect(routes[0]).toEqual(
      expect.arrayContaining([
        ...toInstance,
        {
          DestinationCidrBlock: '10.0.0.0/16',
          GatewayId: 'local',
          Origin: 'CreateRouteTable',
          State: 'active',
        },
        {
          DestinationCidrBlock: '0.0.0.0/0',
          GatewayId: expect.stringMatching(/^igw-[0-9a-f]{17}$/),
          Origin: 'CreateRoute',
          State: 'active',
        },
      ]),
    );
  });

  it('stops, starts, retags and terminates', async () => {
    const id = await idOf('worker-1');
    await aws(['stop-instances', '--instance-ids', id]);
    expect(await stateOfRoute('10.200.1.0/24')).toBe('blackhole');
    await aws(['start-instances', '--instance-ids', id]);
    expect(await stateOfRoute('10.200.1.0/24')).toBe('active');
    await aws(['create-tags', '--resources', id, '--tags', 'Key=pod-cidr,Value=10.200.77.0/24']);
    expect(
      await aws([
        ...['describe-tags', '--filters', `Name=resource-id,Values=${id}`, 'Name=key,Values=pod-cidr'],
        ...['--query', 'Tags[].Value'],
      ]),
    ).toBe('10.200.77.0/24');
    await aws(['terminate-instances', '--instance-ids', id]);
    expect(
      await aws([
        ...['describe-instances', '--instance-ids', id],
        ...['--query', 'Reservations[].Instances[].State.Name'],
      ]),
    ).toBe('terminated');
    expect(await stateOfRoute('10.200.1.0/24')).toBe('blackhole');
  });

  it('replaces and deletes routes', async () => {
    const heir = await idOf('worker-0');
    await aws([
      ...['replace-route', '--route-table-id', table, '--destination-cidr-block', '10.200.1.0/24'],
      ...['--instance-id', heir],
    ]);
    expect(await stateOfRoute('10.200.1.0/24')).toBe('active');
    await aws([...['delete-route', '--route-table-id', table, '--destination-cidr-block', '10.200.1.0/24']]);
    expect(await stateOfRoute('10.200.1.0/24')).toBe('');
  });

  it('gets through the pages of a long list', async () => {
    await aws(['run-instances', '--image-id', 'ami-12c6146b', '--count', '9', '--subnet-id', subnet]);
    sandbox.clearCalls();
    const ids = await aws([
      ...['describe-instances', '--page-size', '5', '--filters', 'Name=instance-state-name,Values=running'],
      ...['--query', 'Reservations[].Instances[].InstanceId'],
    ]);
    expect(ids.split(/\s+/).length).toBe(11);
    expect(sandbox.countCalls()).toEqual({ DescribeInstances: 3 });
  });

  it('is refused as EC2 refuses', async () => {
    const again = ['--route-table-id', table, '--destination-cidr-block', '10.200.0.0/24'];
    await expect(aws(['create-route', ...again, '--instance-id', await idOf('worker-2')])).rejects.toThrow(
      /\(RouteAlreadyExists\).*CreateRoute/s,
    );
    await expect(aws(['describe-instances', '--instance-ids', 'i-0123456789abcdef0'])).rejects.toThrow(
      /\(InvalidInstanceID.NotFound\)/,
    );
  });

  it('takes an interface from one machine and deletes it', async () => {
    const nic = await aws([
      ...['create-network-interface', '--subnet-id', subnet],
      ...['--query', 'NetworkInterface.NetworkInterfaceId'],
    ]);
    const attachment = await aws([
      ...['attach-network-interface', '--network-interface-id', nic, '--device-index', '1'],
      ...['--instance-id', await idOf('worker-2'), '--query', 'AttachmentId'],
    ]);
    await aws(['detach-network-interface', '--attachment-id', attachment]);
    const status = ['--query', 'NetworkInterfaces[].Status'];
    expect(await aws(['describe-network-interfaces', '--network-interface-ids', nic, ...status])).toBe(
      'available',
    );
    await aws(['delete-network-interface', '--network-interface-id', nic]);
    await expect(aws(['describe-network-interfaces', '--network-interface-ids', nic])).rejects.toThrow(
      /\(InvalidNetworkInterfaceID.NotFound\)/,
    );
  });

  it('is told what would be, and what the sandbox does not model', async () => {
    const launch = ['run-instances', '--image-id', 'ami-12c6146b', '--count', '1', '--subnet-id', subnet];
    await expect(aws([...launch, '--dry-run'])).rejects.toThrow(/\(DryRunOperation\)/);
    await expect(aws(['describe-volumes'])).rejects.toThrow(/does not model the action DescribeVolumes/);
    const zones = ['describe-availability-zones', '--query', 'AvailabilityZones[].ZoneName'];
    expect((await aws(zones)).split(/\s+/)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
  });

  it('keeps a dashboard and a saved query', async () => {
    const script = `
aws cloudwatch put-dashboard --dashboard-name pods --dashboard-body '{"widgets":[]}' >/dev/null
aws cloudwatch get-dashboard --dashboard-name pods --output text --query DashboardBody
aws logs put-query-definition --name pods --query-string 'fields @message' >/dev/null
aws logs describe-query-definitions --output text --query 'queryDefinitions[].[name,queryString]'
`;
    const { stdout } = await shell(script, {});
    expect(stdout).toBe('{"widgets":[]}\npods\tfields @message\n');
  });
});

/** The commands of the manual procedure that podroutes replaces, as they stand there. */
const SEED_LOOP = `
for instance in worker-0 worker-1 worker-2; do
  instance_id_ip="$(aws ec2 describe-instances \\
    --filters "Name=tag:Name,Values=\${instance}" \\
    --output text --query 'Reservations[].Instances[].[InstanceId,PrivateIpAddress]')"
  instance_id="$(echo "\${instance_id_ip}" | cut -f1)"
  instance_ip="$(echo "\${instance_id_ip}" | cut -f2)"
  pod_cidr="$(aws ec2 describe-instance-attribute \\
    --instance-id "\${instance_id}" \\
    --attribute userData \\
    --output text --query 'UserData.Value' \\
    | base64 --decode | tr "|" "\\n" | grep "^pod-cidr" | cut -d'=' -f2)"
  echo "\${instance_ip} \${pod_cidr}"

  aws ec2 create-route \\
    --route-table-id "\${ROUTE_TABLE_ID}" \\
    --destination-cidr-block "\${pod_cidr}" \\
    --instance-id "\${instance_id}"
done
`;

function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: `${programFolder()}:${process.env['PATH'] ?? ''}`,
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_DEFAULT_REGION: sandbox.region,
    AWS_PAGER: '',
    // Whoever runs this may have profiles of their own.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...more,
  };
}

/** Set by `run`, which installs the program. */
function programFolder(): string {
  const program = process.env['PODROUTES_TEST_AWS'];
  if (program === undefined) throw new Error('No aws program: start this suite by test/peers/run');
  return program.replace(/\/[^/]+$/, '');
}

function shell(script: string, more: Readonly<Record<string, string>>) {
  return run('bash', ['-euo', 'pipefail', '-c', script], { env: environment(more) });
}

async function aws(args: readonly string[], output: 'text' | 'json' = 'text'): Promise<string> {
  const { stdout } = await run('aws', ['ec2', ...args, '--output', output], { env: environment() });
  return stdout.trim();
}

function idOf(name: string): Promise<string> {
  return aws([
    ...['describe-instances', '--filters', `Name=tag:Name,Values=${name}`],
    ...['--query', 'Reservations[].Instances[].InstanceId'],
  ]);
}

function stateOfRoute(destination: string): Promise<string> {
  const routes = `RouteTables[].Routes[?DestinationCidrBlock=='${destination}'].State`;
  return aws(['describe-route-tables', '--route-table-ids', table, '--query', `${routes}[]`]);
}
