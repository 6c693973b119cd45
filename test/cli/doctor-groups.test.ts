import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { text } from '../sandbox/setup.ts';
import { podroutes } from './built-command.ts';
import { type AwsPatient, codesOf, doctor, withAwsPatient } from './doctor-world.ts';

const ALL_PODS = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.200.0.0/16' }] }];

/** Takes the rule for pods out of the default group, which every machine without another one is in. */
function closeDefault({ ec2, group }: AwsPatient): Promise<unknown> {
  return ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: ALL_PODS }));
}

/** A group that lets nothing in. */
async function createGroup({ ec2, group }: AwsPatient, name: string): Promise<string> {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [group] }));
  const made = await ec2.send(
    new CreateSecurityGroupCommand({
      ...{ GroupName: name, Description: name },
      VpcId: text(SecurityGroups?.[0]?.VpcId),
    }),
  );
  return text(made.GroupId);
}

async function setGroups({ ec2, interfaceOf }: AwsPatient, name: string, groups: readonly string[]) {
  const NetworkInterfaceId = await interfaceOf(name);
  await ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [...groups] }));
}

async function open({ ec2 }: AwsPatient, commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const [, GroupId] = /authorize-security-group-ingress --group-id (sg-\w+) /.exec(command) ?? [];
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId: text(GroupId), IpPermissions: ALL_PODS }),
    );
  }
}

const WORKERS = ['worker-0', 'worker-1', 'worker-2', 'worker-3'];

describe('Where nodes are in several security groups, doctor', () => {
  it('opens one without other members, rather than the first', () =>
    withAwsPatient(async (patient) => {
      const own = await Promise.all(WORKERS.map((name) => createGroup(patient, name)));
      for (const [i, name] of WORKERS.entries())
        await setGroups(patient, name, [patient.group, text(own[i])]);
      await closeDefault(patient);
      const { problems } = await doctor(patient.world);
      const commands = problems.flatMap((problem) => problem.commands);
      expect(commands.map((command) => /sg-\w+/.exec(command)?.[0]).sort()).toEqual(own.sort());
      for (const { evidence, lookCommands } of problems) {
        expect(evidence.at(-1)).toMatch(/^a rule in sg-\w+ applies to no others$/);
        expect(lookCommands).toEqual([]);
      }
      await open(patient, commands);
      expect(codesOf(await doctor(patient.world))).toEqual([]);
    }));

  it('opens one that all of them are in by one command, which EC2 would refuse a second time', () =>
    withAwsPatient(async (patient) => {
      const common = await createGroup(patient, 'nodes');
      const [even, odd] = [await createGroup(patient, 'even'), await createGroup(patient, 'odd')];
      for (const [i, name] of WORKERS.entries()) {
        await setGroups(patient, name, [patient.group, i % 2 === 0 ? even : odd, common]);
      }
      await closeDefault(patient);
      const { problems } = await doctor(patient.world);
      expect(problems.map(({ nodes }) => nodes.length)).toEqual([2, 2]);
      const commands = problems.flatMap((problem) => problem.commands);
      expect(commands.map((command) => /sg-\w+/.exec(command)?.[0])).toEqual([common]);
      expect(problems[1]?.remedy).toMatch(/ The same command as above fixes it\.$/);
      const { stdout } = await podroutes(['doctor'], patient.world.env);
      expect(stdout.split('authorize-security-group-ingress')).toHaveLength(2);
      await open(patient, commands);
      expect(codesOf(await doctor(patient.world))).toEqual([]);
    }));

  it('says whom else it opens where every group of theirs has other members, and how to see that', () =>
    withAwsPatient(async (patient) => {
      await closeDefault(patient);
      const appliance = await patient.interfaceOf('vpn-appliance');
      const [problem] = (await doctor(patient.world, 'worker-0')).problems;
      const others = ['worker-1', 'worker-2', 'worker-3'].map(
        (name) => `${name} (${patient.world.idOf(name)})`,
      );
      expect(problem?.evidence.at(-1)).toBe(
        `a rule in ${patient.group} also applies to ${others.join(', ')} and interfaces that belong to no node with a pod CIDR (${appliance})`,
      );
      expect(problem?.lookCommands).toEqual([
        expect.stringContaining(`--filters Name=group-id,Values=${patient.group} `),
      ]);
      const { stdout } = await podroutes(['doctor', 'worker-0'], patient.world.env);
      expect(stdout).toMatch(/\n {4}Look:\n {4}\$ aws ec2 describe-network-interfaces .*\n {4}Remedy: /);
    }));

  it('says that it could not be read whom else, and still looks at everything', () =>
    withAwsPatient(async (patient) => {
      const lonely = await createGroup(patient, 'lonely');
      const common = await createGroup(patient, 'nodes');
      for (const name of WORKERS) await setGroups(patient, name, [common]);
      await setGroups(patient, 'worker-1', [lonely, common]);
      patient.world.fail('members', { code: 'UnauthorizedOperation', status: 403, times: 9 });
      const found = await doctor(patient.world, 'worker-1');
      expect(found).toMatchObject({ exit: 3, unchecked: [] });
      const [problem] = found.problems;
      expect(problem?.commands[0]).toContain(` --group-id ${common} `);
      expect(problem?.evidence.at(-1)).toBe(
        `the other members that a rule in ${common} applies to could not be read: UnauthorizedOperation`,
      );
    }));
});
