import { produce } from '../../../demo/runner.ts';
import type { Part } from '../../../demo/scene.ts';
import { AWS_GROUP } from './group.ts';
import { LIFE } from './life.ts';
import { SECOND_LOOK } from './second-look.ts';
import { type AwsStage, openAwsStage, WORDING } from './stage.ts';
import { TROUBLE } from './trouble.ts';

export const AWS: Part<AwsStage> = {
  cloud: 'AWS',
  introduction: 'AWS: two Lambda functions. Events go in through an SQS queue, and EC2 API calls come out.',
  wording: WORDING,
  open: openAwsStage,
  steps: [...LIFE, ...TROUBLE, ...SECOND_LOOK],
};

export const AWS_DEMO = [produce(AWS), produce(AWS_GROUP)];
