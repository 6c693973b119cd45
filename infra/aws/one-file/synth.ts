import { writeFiles } from '../../terraform/module.ts';
import { writeTerraform } from './terraform.ts';

/** Refreshes the Terraform variables that are kept in the repository, which needs neither an account nor a network. */
await writeFiles(new URL('../../terraform/aws/', import.meta.url), writeTerraform());
