// @ts-nocheck
import { describe } from '@jest/globals';
import { describeDifferences } from '../contract/aws-differences.ts';
import { createAwsWorld } from '../contract/aws-world.ts';
import { motoBackend } from '../contract/backends.ts';
import { describeCloud } from '../contract/cloud-contract.ts';
import type { WorldOptions } from '../contract/world.ts';

/** Set by `run`, which starts the server. */
const ENDPOINT = process.env['PODROUTES_TEST_MOTO'];

describe('AWS in moto', () => {
  const createWorld = (options?: WorldOptions) => {
    if (ENDPOINT === undefined) throw new Error('No moto server: start this suite by test/peers/run');
    return createAwsWorld(motoBackend(ENDPOINT), options);
  };
  describeCloud(createWorld);
  describeDifferences(createWorld);
});
