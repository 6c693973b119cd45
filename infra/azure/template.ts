import { NODE_EVENTS_QUEUE, UNREADABLE_QUEUE } from '../../shared/azure/queues.ts';
import { VERSION } from '../../shared/core/version.ts';
import { alerts } from './alerts.ts';
import { evaluate, type Template } from './arm.ts';
import { eventGrid } from './event-grid.ts';
import { functionApp, ledgerAddress } from './function-app.ts';
import { identities } from './identity.ts';
import { IS_WATCHED, monitoring } from './monitoring.ts';
import { IDS, typed, VARIABLES, variable } from './names.ts';
import { PARAMETERS, parameter } from './parameters.ts';
import { roles } from './roles.ts';
import { serviceBus, serviceBusHost } from './service-bus.ts';
import { storage } from './storage.ts';
import { workbook } from './workbook.ts';

const hostName = `reference(${IDS.app}, '${typed('Microsoft.Web/sites').apiVersion}').defaultHostName`;

/** A page of Application Insights in the portal of the cloud that is deployed to. */
function linkTo(page: string): string {
  return evaluate(`format('{0}/#resource{1}/${page}', environment().portal, ${IDS.insights})`);
}

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
    eventsQueue: { type: 'string', value: NODE_EVENTS_QUEUE },
    unreadableQueue: { type: 'string', value: UNREADABLE_QUEUE },
    // Empty where nobody is told.
    actionGroup: { type: 'string', value: evaluate(`if(${IS_WATCHED}, ${variable('actionGroup')}, '')`) },
    logsLink: { type: 'string', value: linkTo('logs') },
    workbooksLink: { type: 'string', value: linkTo('workbooks') },
    serviceBusNamespace: { type: 'string', value: evaluate(serviceBusHost) },
    ledger: { type: 'string', value: evaluate(ledgerAddress) },
  },
};
