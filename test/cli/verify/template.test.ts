import { describe, expect, it } from '@jest/globals';
import { KINDS } from '../../../functions/cli/clouds/aws/verify/kinds.ts';
import { type Wanted, wantedOf } from '../../../functions/cli/clouds/aws/verify/template.ts';
import { CONFIGURATIONS, synthesize } from '../../infra/aws/synthesis.ts';
import { stackOf } from './made-stack.ts';

/** A resource whose property has these functions, in a stack with a queue `Q`, a role `R`, a bus `B`, a group `S` and a condition each. */
function resourceWith(value: unknown): Wanted | undefined {
  const template = {
    Parameters: { Size: { Type: 'Number' }, List: { Type: 'CommaDelimitedList' }, Text: { Type: 'String' } },
    Conditions: { Yes: { 'Fn::Equals': [{ Ref: 'Size' }, 3] }, No: { 'Fn::Not': [{ Condition: 'Yes' }] } },
    Mappings: { Sizes: { small: { memory: 128 } } },
    Resources: {
      Q: { Type: 'AWS::SQS::Queue' },
      R: { Type: 'AWS::IAM::Role' },
      B: { Type: 'AWS::Events::EventBus' },
      S: { Type: 'AWS::EC2::SecurityGroup' },
      X: { Type: 'AWS::SNS::Topic', Properties: { Value: value } },
    },
  };
  const wanted = wantedOf(stackOf(JSON.stringify(template), { Size: '3', List: 'a, b', Text: 'a,b' }));
  return wanted.find(({ logicalId }) => logicalId === 'X');
}

/** With the marks that Fn::Sub looks for, which are those of JavaScript's own templates. */
function placed(text: string): string {
  return text.replaceAll('<', '${').replaceAll('>', '}');
}

describe('A function of a template', () => {
  it.each([
    [{ Ref: 'AWS::Region' }, 'us-gov-west-1'],
    [{ Ref: 'AWS::NoValue' }, undefined],
    [{ Ref: 'Size' }, '3'],
    [{ Ref: 'Q' }, 'https://sqs.us-gov-west-1.amazonaws.com/123456789012/Q'],
    [{ Ref: 'Missing' }, '(not made)'],
    [{ 'Fn::GetAtt': ['Q', 'Arn'] }, 'arn:aws-us-gov:sqs:us-gov-west-1:123456789012:Q'],
    [{ 'Fn::GetAtt': ['B', 'Arn'] }, 'arn:aws-us-gov:events:us-gov-west-1:123456789012:event-bus/B'],
    [{ 'Fn::GetAtt': ['S', 'GroupId'] }, 'S'],
    [{ 'Fn::GetAtt': 'R.Arn' }, 'arn:aws-us-gov:iam::123456789012:role/R'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Size' }]] }, 'a-3'],
    [
      { 'Fn::Sub': placed('<Size> of <R.Arn> and <!this>') },
      placed('3 of arn:aws-us-gov:iam::123456789012:role/R and <this>'),
    ],
    [{ 'Fn::Sub': [placed('<Own>'), { Own: { Ref: 'Size' } }] }, '3'],
    [{ 'Fn::If': ['Yes', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::If': ['No', 'yes', { Ref: 'AWS::NoValue' }] }, undefined],
    [{ a: { 'Fn::If': ['No', 'yes', { Ref: 'AWS::NoValue' }] }, b: 1 }, { b: 1 }],
    [{ Ref: 'List' }, ['a', 'b']],
    [{ 'Fn::Join': ['-', { Ref: 'List' }] }, 'a-b'],
    [{ 'Fn::Split': [',', { Ref: 'Text' }] }, ['a', 'b']],
    [{ 'Fn::Select': [1, { 'Fn::Split': [',', { Ref: 'Text' }] }] }, 'b'],
    [{ 'Fn::FindInMap': ['Sizes', 'small', 'memory'] }, 128],
    [
      { PolicyDocument: { 'Fn::Join': ['', ['{"Size":"', { Ref: 'Size' }, '"}']] } },
      { PolicyDocument: { Size: '3' } },
    ],
    [{ 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
    [{ 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] }, true],
  ])('%j is %j', (value, expected) => {
    expect(resourceWith(value)?.properties['Value']).toEqual(expected);
  });

  it.each([
    [{ 'Fn::Cidr': ['10.0.0.0/16', 2] }, 'found Fn::Cidr'],
    [{ 'Fn::GetAtt': ['R', 'RoleId'] }, 'found AWS::IAM::Role RoleId'],
    [{ 'Fn::ImportValue': 'network-Subnets' }, 'found Fn::ImportValue'],
  ])('%j is not known, since it would be guessed', (value, problem) => {
    expect(resourceWith(value)?.properties).toEqual({});
    expect(resourceWith(value)?.unknown.get('Value')).toContain(problem);
  });
});

describe('A resource', () => {
  it('that its condition leaves out is not expected', () => {
    const template = {
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { A: { Type: 'AWS::SQS::Queue', Condition: 'Never' }, B: { Type: 'AWS::SQS::Queue' } },
    };
    const wanted = wantedOf(stackOf(JSON.stringify(template)));
    expect(wanted.map(({ logicalId }) => logicalId)).toEqual(['B']);
  });
});

describe.each(Object.entries(CONFIGURATIONS))('The template of "%s"', (_, props) => {
  const wanted = wantedOf(stackOf(JSON.stringify(synthesize(props).toJSON()), { BootstrapVersion: '30' }));

  it('has no type of resource that podroutes verify does not look at', () => {
    const unknown = wanted.map(({ type }) => type).filter((type) => KINDS[type] === undefined);
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('has no function left once it is evaluated', () => {
    expect(JSON.stringify(wanted)).not.toMatch(/"(Ref|Fn::\w+)":|\(not made\)/);
  });
});
