import { readTemplate, type Stack } from '../../../functions/cli/clouds/aws/verify/template.ts';

const ID = 'arn:aws-us-gov:cloudformation:us-gov-west-1:123456789012:stack/podroutes/1f2e3d4c';

/** A stack of which everything was made, with ids like those that its services give. */
export function stackOf(body: string, parameters: Readonly<Record<string, string>> = {}): Stack {
  const template = readTemplate(body);
  if (template === null) throw new Error('expected a template');
  const resources = Object.entries(template.Resources).map(
    ([name, { Type }]) => [name, IDS[Type]?.(name) ?? name] as const,
  );
  return {
    ...{ name: 'podroutes', id: ID, status: 'CREATE_COMPLETE', capabilities: [], template },
    ...{ parameters: new Map(Object.entries(parameters)), resources: new Map(resources) },
  };
}

const IDS: Readonly<Record<string, (name: string) => string>> = {
  'AWS::SQS::Queue': (name) => `https://sqs.us-gov-west-1.amazonaws.com/123456789012/${name}`,
  'AWS::SNS::Topic': (name) => `arn:aws-us-gov:sns:us-gov-west-1:123456789012:${name}`,
};
