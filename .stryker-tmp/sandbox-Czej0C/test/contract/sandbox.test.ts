// @ts-nocheck
import { describe } from '@jest/globals';
import { describeDifferences } from './aws-differences.ts';
import { createAwsWorld } from './aws-world.ts';
import { startSandboxBackend } from './backends.ts';
import { describeCloud } from './cloud-contract.ts';
import type { WorldOptions } from './world.ts';

describe('AWS in the sandbox', () => {
  const createWorld = async (options: WorldOptions = {}) => {
    const { cloudRouteLimit: routeLimit } = options;
    return createAwsWorld(await startSandboxBackend(routeLimit === undefined ? {} : { routeLimit }), options);
  };
  describeCloud(createWorld);
  describeDifferences(createWorld);
});
