import { describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { readText } from '../../docs/markdown.ts';
import { createStack, MINIMAL, synthesize } from './synthesis.ts';

const BUILT: string = new URL('../../../dist/infra/aws/index.mjs', import.meta.url).href;

describe('The built construct', () => {
  it('makes the same template as its sources', async () => {
    const { PodRoutes } = await import(BUILT);
    const stack = createStack();
    new PodRoutes(stack, 'PodRoutes', MINIMAL);
    expect(Template.fromStack(stack).toJSON()).toEqual(synthesize(MINIMAL).toJSON());
  });

  it('has types that name no file of the sources', async () => {
    for (const name of ['index', 'pod-routes', 'props']) {
      expect(await readText(`dist/infra/aws/${name}.d.ts`)).not.toMatch(/from "[^"]+\.ts"/);
    }
    expect(await readText('dist/infra/aws/pod-routes.d.ts')).toContain(
      'export declare class PodRoutes extends Construct',
    );
    expect(await readText('dist/infra/aws/props.d.ts')).toContain(
      'readonly clusterCidrs: readonly string[];',
    );
  });
});
