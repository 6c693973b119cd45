import { produce } from '../../../demo/runner.ts';
import type { Part } from '../../../demo/scene.ts';
import { AZURE_GROUP } from './group.ts';
import { LIFE } from './life.ts';
import { type AzureStage, openAzureStage, WORDING } from './stage.ts';
import { TROUBLE } from './trouble.ts';

export const AZURE: Part<AzureStage> = {
  cloud: 'Azure',
  introduction:
    'Azure: one function app. Events go in through a Service Bus session, and calls of Azure Resource Manager come out.',
  wording: WORDING,
  open: openAzureStage,
  steps: [...LIFE, ...TROUBLE],
};

export const AZURE_DEMO = [produce(AZURE), produce(AZURE_GROUP)];
