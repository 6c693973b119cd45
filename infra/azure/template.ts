import { VERSION } from '../../shared/core/version.ts';
import { alerts } from './alerts.ts';
import { evaluate, type Template } from './arm.ts';
import { eventGrid } from './event-grid.ts';
import { functionApp } from './function-app.ts';
import { identities } from './identity.ts';
import { monitoring } from './monitoring.ts';
import { IDS, typed, VARIABLES, variable } from './names.ts';
import { PARAMETERS, parameter } from './parameters.ts';
import { roles } from './roles.ts';
import { serviceBus, serviceBusHost } from './service-bus.ts';
import { storage } from './storage.ts';
import { workbook } from './workbook.ts';

const hostName = `reference(${IDS.app}, '${typed('Microsoft.Web/sites').apiVersion}').defaultHostName`;

/**
 * All that the functions need in Azure, for one cluster, and their code.
 *
 * @see https://learn.microsoft.com/azure/azure-resource-manager/templates/deploy-to-resource-group
 */
export const template: Template = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  metadata: {
    description: 'podroutes: pod CIDRs of the nodes of a cluster as user-defined routes.',
    version: VERSION,
  },
  parameters: PARAMETERS,
  variables: VARIABLES,
  resources: [
    ...identities,
    ...storage,
    ...serviceBus,
    ...monitoring,
    ...roles,
    ...functionApp,
    ...eventGrid,
    ...alerts,
    ...workbook,
  ],
  outputs: {
    version: { type: 'string', value: VERSION },
    functionApp: { type: 'string', value: evaluate(parameter('appName')) },
    // Roles and deployments outside of the group have it in their names, for whoever removes them.
    unique: { type: 'string', value: evaluate(variable('unique')) },
    reconcileUrl: { type: 'string', value: evaluate(`format('https://{0}/api/reconcile', ${hostName})`) },
    serviceBusNamespace: { type: 'string', value: evaluate(serviceBusHost) },
  },
};
