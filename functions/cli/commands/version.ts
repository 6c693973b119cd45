import { VERSION } from '../../../shared/core/version.ts';
import { EXIT, type Invocation } from '../command.ts';

/** Shows the version of the package. */
export async function version({ out }: Invocation): Promise<number> {
  out.print(VERSION);
  return EXIT.ok;
}
