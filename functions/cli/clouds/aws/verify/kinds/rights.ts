import { GetRoleCommand, GetRolePolicyCommand, paginateListRolePolicies } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, GetKeyPolicyCommand, GetKeyRotationStatusCommand } from '@aws-sdk/client-kms';
import type { Clients } from '../clients.ts';
import { isSame } from '../compare.ts';
import { isObject, json, type Kind, parseJson } from '../kind.ts';

/** What a function, or the schedule, may do. Policies that the template does not name are other people's to add. */
export const role: Kind = {
  area: 'rights',
  noun: 'role',
  needs: ['iam:GetRole', 'iam:ListRolePolicies', 'iam:GetRolePolicy'],
  defaults: { PermissionsBoundary: undefined },
  unread: { Description: 'it is for people' },
  read: async (clients, RoleName, wanted) => {
    const { Role } = await clients.iam.send(new GetRoleCommand({ RoleName }));
    const names = policiesOf(wanted['Policies']).map(({ name }) => name);
    const there = await listPolicies(clients, RoleName);
    const policies = names.filter((name) => there.includes(name));
    return {
      AssumeRolePolicyDocument: parseJson(Role?.AssumeRolePolicyDocument),
      PermissionsBoundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
      Policies: await Promise.all(policies.map((name) => readPolicy(clients, RoleName, name))),
    };
  },
  mend: (id, wanted, { found, differs }) => {
    if (found === null) return [];
    const trust = json(wanted['AssumeRolePolicyDocument']);
    return [
      ...(differs('AssumeRolePolicyDocument')
        ? [['iam', 'update-assume-role-policy', '--role-name', id, '--policy-document', trust]]
        : []),
      ...findMissing(wanted['Policies'], found['Policies']).map(({ name, document }) => [
        ...['iam', 'put-role-policy', '--role-name', id, '--policy-name', name],
        ...['--policy-document', json(document)],
      ]),
      ...(differs('PermissionsBoundary') && wanted['PermissionsBoundary'] === undefined
        ? [['iam', 'delete-role-permissions-boundary', '--role-name', id]]
        : []),
    ];
  },
};

/** Policies that are not there, or say something else. */
function findMissing(wanted: unknown, found: unknown): ReturnType<typeof policiesOf> {
  const there = policiesOf(found);
  return policiesOf(wanted).filter(
    ({ name, document }) => !there.some((each) => each.name === name && isSame(each.document, document)),
  );
}

async function listPolicies({ iam: client }: Clients, RoleName: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName })) {
    names.push(...PolicyNames);
  }
  return names;
}

async function readPolicy({ iam }: Clients, RoleName: string, PolicyName: string): Promise<unknown> {
  const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  return { PolicyName, PolicyDocument: parseJson(PolicyDocument) };
}

function policiesOf(policies: unknown): { readonly name: string; readonly document: unknown }[] {
  return [policies]
    .flat()
    .filter(isObject)
    .map((policy) => ({ name: String(policy['PolicyName']), document: policy['PolicyDocument'] }));
}

/** Without the key CloudWatch reaches no topic, and EventBridge no queue, that is encrypted with it. */
export const key: Kind = {
  area: 'rights',
  noun: 'key',
  needs: ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus'],
  defaults: { Enabled: true },
  unread: { Description: 'it is for people', PendingWindowInDays: 'it is for the end of the key' },
  read: async ({ kms }, KeyId, wanted) => {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    // Nothing else can be asked of a key that is to be deleted.
    if (KeyMetadata?.KeyState === 'PendingDeletion') return { ...wanted, Enabled: KeyMetadata.KeyState };
    const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
    const { KeyRotationEnabled } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
    return {
      Enabled: KeyMetadata?.Enabled,
      KeyPolicy: parseJson(Policy),
      EnableKeyRotation: KeyRotationEnabled,
    };
  },
  mend: (id, wanted, { found, differs }) => {
    if (found === null) return [];
    const policy = json(wanted['KeyPolicy']);
    return [
      ...(found['Enabled'] === 'PendingDeletion' ? [['kms', 'cancel-key-deletion', '--key-id', id]] : []),
      ...(differs('Enabled') ? [['kms', 'enable-key', '--key-id', id]] : []),
      ...(differs('KeyPolicy')
        ? [['kms', 'put-key-policy', '--key-id', id, '--policy-name', 'default', '--policy', policy]]
        : []),
      ...(differs('EnableKeyRotation') ? [['kms', 'enable-key-rotation', '--key-id', id]] : []),
    ];
  },
};
