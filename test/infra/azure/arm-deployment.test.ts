import { describe, expect, it } from '@jest/globals';
import type { Json, Template } from '../../../infra/azure/arm.ts';
import { deployTemplate } from './arm-deployment.ts';
import { PLACE } from './template-cases.ts';

/** What an expression gives, as the output of a template that has a parameter and a variable. */
function resultOf(expression: string) {
  const template: Template = {
    $schema: '',
    contentVersion: '1.0.0.0',
    parameters: { names: { type: 'array' } },
    variables: { first: "[parameters('names')[0]]" },
    resources: [],
    outputs: { found: { type: 'string', value: expression } },
  };
  return deployTemplate(template, { names: ['a', 'b'] }, PLACE).outputs['found'];
}

function deploy(resource: { [key: string]: Json }) {
  const template: Template = {
    $schema: '',
    contentVersion: '1.0.0.0',
    parameters: {},
    resources: [{ type: 'A/b', apiVersion: '1', name: 'x', ...resource }],
  };
  return deployTemplate(template, {}, PLACE).resources;
}

const GROUP = `/subscriptions/${PLACE.subscription}/resourceGroups/${PLACE.group}`;

describe('An expression', () => {
  it.each([
    ['text', 'text'],
    ["[[not('one')]", "[not('one')]"],
    ["[format('{0}-{1}-{0}', variables('first'), 2)]", 'a-2-a'],
    ["[format('it''s')]", "it's"],
    ["[join(union(parameters('names'), split('b,c', ',')), '+')]", 'a+b+c'],
    ["[if(equals(length(parameters('names')), 2), 'two', parameters('none'))]", 'two'],
    ["[if(startsWith('/x', '/'), split('/x', '/')[1], split('/x', '/')[9])]", 'x'],
    ['[resourceGroup().name]', 'podroutes-app'],
    ["[resourceId('A/b/c', 'x', 'y')]", `${GROUP}/providers/A/b/x/c/y`],
    ["[subscriptionResourceId('A/b', 'x')]", `/subscriptions/${PLACE.subscription}/providers/A/b/x`],
    ["[extensionResourceId(resourceId('A/b', 'x'), 'C/d', 'y')]", `${GROUP}/providers/A/b/x/providers/C/d/y`],
    ['[toLower(string(equals(1, 1)))]', 'true'],
    ["[and(contains(parameters('names'), 'b'), equals(1, 1))]", true],
    ["[and(contains(parameters('names'), 'B'), equals(1, 1))]", false],
  ])('gives what Azure would: %s', (expression, value) => {
    expect(resultOf(expression)).toEqual(value);
  });

  it.each([
    ["[parameters('none')]", 'no value for the parameter none'],
    ["[variables('none')]", 'expected a value'],
    ["[nothing('x')]", 'no function nothing'],
    ["[resourceId('A/b', 'x', 'y')]", 'expected 1 names for A/b'],
    ["[parameters('names')[7]]", 'no member 7'],
    ['[copyIndex()]', 'outside of its loop'],
    ["[reference(resourceId('A/b', 'x'), '2020-01-01')]", 'nothing is known of'],
    ["[format('x']", 'expected ,'],
    ["[format('x') 'y']", 'expected the end'],
  ])('is refused where it does not resolve: %s', (expression, problem) => {
    expect(() => resultOf(expression)).toThrow(problem);
  });
});

describe('A resource', () => {
  it('is made as often as its loop says, and not at all where its condition is false', () => {
    const copy = { name: 'loop', count: "[length(split('a,b', ','))]" };
    expect(deploy({ copy, name: "[format('x{0}', copyIndex())]" }).map(({ name }) => name)).toEqual([
      'x0',
      'x1',
    ]);
    expect(deploy({ condition: '[equals(1, 2)]' })).toEqual([]);
  });

  it('of a nested deployment is evaluated with its own parameters, in its own group', () => {
    const [outer, inner] = deploy({
      type: 'Microsoft.Resources/deployments',
      resourceGroup: 'elsewhere',
      properties: {
        parameters: { name: { value: "[format('{0}', 'given')]" } },
        template: {
          parameters: { name: { type: 'string' } },
          resources: [{ type: 'A/b', apiVersion: '1', name: "[parameters('name')]" }],
        },
      },
    });
    expect(inner).toMatchObject({ name: 'given', deployment: outer?.id });
    expect(inner?.id).toContain('/resourceGroups/elsewhere/');
  });
});
