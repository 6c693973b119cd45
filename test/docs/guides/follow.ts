import { typeSteps } from '../console.ts';
import type { Guide } from './page.ts';
import { installPrograms } from './programs.ts';
import type { Site } from './site.ts';

/**
 * Types the commands of a guide, after what it begins with is there; gives what they showed.
 *
 * @param aws path of the aws program, where a stand-in will not do
 */
export async function followGuide(guide: Guide, site: Site, aws: string | null = null): Promise<string[]> {
  // kOps makes a network of its own.
  const named = guide.files.has('kops.yaml') ? {} : await site.place.makeNetwork();
  for (const [name, value] of Object.entries(named)) site.variables.set(name, value);
  const { bin, close } = await installPrograms(site, aws);
  try {
    return await typeSteps(guide.steps, site.folder, {
      ...Object.fromEntries(site.variables),
      HOME: site.folder,
      PATH: `${bin}:${process.env['PATH']}`,
    });
  } finally {
    await close();
  }
}
