import packageJson from '../../../package.json' with { type: 'json' };
import { EXIT, type Invocation } from '../command.ts';

/** Shows the version of the package. */
export async function version({ out }: Invocation): Promise<number> {
  out.print(packageJson.version);
  return EXIT.ok;
}
