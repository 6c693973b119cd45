import { describe, expect, it } from '@jest/globals';
import { PARAMETERS } from '../../../infra/aws/one-file/parameters.ts';
import { writeTerraform } from '../../../infra/aws/one-file/terraform.ts';
import { RULES } from '../../../infra/aws/prop-rules.ts';
import { readText } from '../../docs/markdown.ts';

describe('The Terraform module for AWS', () => {
  it.each(Object.entries(writeTerraform()))('has the %s that the parameters make', async (name, text) => {
    expect(await readText(`infra/terraform/aws/${name}`)).toBe(text);
  });

  it('knows what the elements of every list have to be', () => {
    for (const { property, pattern, values, elements } of Object.values(PARAMETERS)) {
      if (RULES[property].kind !== 'list' || values !== undefined) expect(elements).toBeUndefined();
      else expect(pattern).toContain(`^${elements?.pattern}(,${elements?.pattern})`);
    }
  });

  it('is used in docs/deploy-aws.md as in its example', async () => {
    const [, shown] = /^```hcl\n(.*?)^```$/ms.exec(await readText('docs/deploy-aws.md')) ?? [];
    const example = await readText('infra/terraform/aws/examples/basic/main.tf');
    const [used = ''] = example.split('\noutput ');
    expect(shown).toBe(used.replace('"../.."', '"./terraform-aws"'));
  });
});
