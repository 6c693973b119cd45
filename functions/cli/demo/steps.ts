import { LIFE } from './life.ts';
import type { Step } from './scene.ts';
import { TROUBLE } from './trouble.ts';

/** The story of the demo. Each step starts where the one before it ended. */
export const STEPS: readonly Step[] = [...LIFE, ...TROUBLE];
