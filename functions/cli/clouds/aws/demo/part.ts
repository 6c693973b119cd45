import { produce } from '../../../demo/runner.ts';
import type { Part } from '../../../demo/scene.ts';
import { LIFE } from './life.ts';
import { SECOND_LOOK } from './second-look.ts';
import { type AwsStage, openAwsStage } from './stage.ts';
import { TROUBLE } from './trouble.ts';

export const AWS: Part<AwsStage> = {
  cloud: 'AWS',
  introduction: 'AWS: two Lambda functions. Events go in through an SQS queue, and EC2 API calls come out.',
  wording: {
    tables: 'route tables',
    detail: 'STATE',
    label: 'ROUTE TABLE',
    forwarding: 'source/destination check off',
  },
  open: openAwsStage,
  steps: [...LIFE, ...TROUBLE, ...SECOND_LOOK],
};

export const AWS_DEMO = produce(AWS);
