import { readFileSync } from 'node:fs';
import { App, Stack, Validations } from 'aws-cdk-lib';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describeProblems } from '../../shared/core/config/config.ts';
import { CONFIG_KEY, readContext, readDeployments } from './deployments.ts';
import { PodRoutes } from './pod-routes.ts';

/** The CDK app: `cdk deploy -c cluster=… -c clusterCidrs=…`, or `-c config=<file>`. */
function createApp(): App {
  const app = new App({ postCliContext: flags });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  const path: unknown = app.node.tryGetContext(CONFIG_KEY);
  const file = path === undefined ? {} : readFile(String(path));
  for (const { stackName, env, props } of readDeployments(file, readContext(app.node.getAllContext()))) {
    const description = 'podroutes: keeps VPC route tables in step with the pod CIDRs of nodes';
    new PodRoutes(new Stack(app, stackName, { stackName, env, description }), 'PodRoutes', props);
  }
  return app;
}

function readFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    const found = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(describeProblems([`${CONFIG_KEY}: expected a file with JSON, ${path}; found: ${found}`]));
  }
}

try {
  createApp().synth();
} catch (thrown) {
  // Mistakes are for whoever wrote the properties: where the code found them is of no use to them.
  console.error(thrown instanceof Error ? thrown.message : thrown);
  // At once, or CDK would still write what there is of the stacks.
  process.exit(1);
}
