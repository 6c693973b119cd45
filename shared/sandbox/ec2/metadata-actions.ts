import { readRequired } from '../query.ts';
import type { ActionTable } from './action.ts';
import {
  checkTellable,
  METADATA_OPTION_PARAMS,
  readMetadataOptions,
  viewMetadataOptions,
} from './metadata-options.ts';
import { requireOne } from './resources.ts';
import { tagsOf } from './tags.ts';

export const METADATA_ACTIONS: ActionTable = {
  ModifyInstanceMetadataOptions: {
    params: ['InstanceId', ...METADATA_OPTION_PARAMS],
    mutating: true,
    run: (ec2, params) => {
      const id = readRequired(params, 'InstanceId');
      const instance = requireOne(ec2, ec2.state, 'i', ec2.state.instances, id);
      const metadataOptions = readMetadataOptions(params, '', instance.metadataOptions);
      checkTellable(metadataOptions, tagsOf(ec2.state, id));
      ec2.write().instances.set(id, { ...instance, metadataOptions });
      return { instanceId: id, instanceMetadataOptions: viewMetadataOptions(metadataOptions) };
    },
  },
};
