import { describe, expect, it } from '@jest/globals';
import { template } from '../../../infra/azure/template.ts';
import { writeTerraform } from '../../../infra/azure/terraform.ts';
import { readText } from '../../docs/markdown.ts';

describe('The Terraform module for Azure', () => {
  it.each(Object.entries(writeTerraform()))('has the %s that the parameters make', async (name, text) => {
    expect(await readText(`infra/terraform/azure/${name}`)).toBe(text);
  });

  it('has the outputs of the template', async () => {
    const text = await readText('infra/terraform/azure/outputs.tf');
    const named = [...text.matchAll(/ value {7}= local\.outputs\.(\w+)\.value$/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(Object.keys(Object(template.outputs)).sort());
  });

  it('is used in docs/deploy-azure.md as in its example', async () => {
    const [, shown] = /^```hcl\n(.*?)^```$/ms.exec(await readText('docs/deploy-azure.md')) ?? [];
    const example = await readText('infra/terraform/azure/examples/basic/main.tf');
    const [used = ''] = example.split('\noutput ');
    expect(shown).toBe(used.replace('"../.."', '"./terraform-azure"'));
  });
});
