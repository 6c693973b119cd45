/** Stands in for npm: what is deployed runs here with the settings that the real stack would give it. */
import { readContext, readDeployments } from '../../../infra/aws/deployments.ts';
import { readProps } from '../../../infra/aws/read-props.ts';
import type { Place } from './place.ts';

/** Runs `npm run deploy:aws -- -c KEY=VALUE…`, or `destroy:aws`. */
export async function runNpm({ deploy }: Pick<Place, 'deploy'>, args: readonly string[]): Promise<string> {
  const [run, script, , ...words] = args;
  if (run !== 'run' || !/^(deploy|destroy):aws$/.test(script ?? '')) throw new Error('npm: no stand-in');
  const context = words.filter((word) => word !== '-c').map((pair) => pair.split(/=(.*)/s).slice(0, 2));
  const [deployment] = readDeployments({}, readContext(Object.fromEntries(context)));
  if (deployment === undefined) throw new Error('expected a deployment');
  const { environment } = readProps(deployment.props, null);
  await deploy(script === 'deploy:aws' ? environment : null);
  return '';
}
