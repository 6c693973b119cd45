import type { ParameterName } from './parameters.ts';

/** What the texts of a parameter have to look like. */
export interface Form {
  readonly pattern: RegExp;
  /** What it may have nowhere: Terraform's patterns cannot look ahead. */
  readonly without?: RegExp;
  readonly expected: string;
  /** Whether what is found may be a secret, and is not shown. */
  readonly isSecret?: true;
}

/** What Azure asks for and a template cannot, which knows lengths and lists of values alone. */
export const FORMS: Readonly<Record<string, Form>> = {
  // The names of the site and of the Service Bus namespace begin with it, and both are addresses:
  // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
  // https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name
  appName: {
    pattern: /^[a-z]([a-z\d-]*[a-z\d])?$/i,
    without: /^login|microsoft|windows/i,
    expected:
      'letters, digits and hyphens, first a letter and no hyphen at the end, without microsoft and windows, and not login at the beginning',
  },
  packageUrl: {
    pattern: /^(|https:\/\/[^\s?#]+\/released-package\.zip(\?\S*)?)$/,
    expected: 'an address that ends with /released-package.zip, such as https://…/released-package.zip',
    // A query may let whoever has it read the file.
    isSecret: true,
  },
  kubernetes: { pattern: /^(|https:\/\/.+)$/, expected: 'an address such as https://10.0.0.10:6443' },
  kubernetesToken: {
    // A token itself would stand in the record of the deployment.
    pattern: /^(|@Microsoft\.KeyVault\(.+\)|identity:.+)$/,
    expected: 'a Key Vault reference, @Microsoft.KeyVault(SecretUri=https://…), or identity:AUDIENCE',
    isSecret: true,
  },
  functionSubnetId: {
    pattern:
      /^(|\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+\/subnets\/[^/]+)$/i,
    expected: 'the id of a subnet',
  },
  docsUrl: {
    pattern: /^(|https:\/\/\S*[^/\s])$/,
    expected: 'an address such as https://git.example.com/podroutes/docs',
  },
  alertEmails: {
    pattern: /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@.,;<>]+$/,
    expected: 'addresses such as operators@example.com, each once',
  },
} satisfies Partial<Record<ParameterName, Form>>;
