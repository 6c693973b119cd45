export { PodRoutes } from './pod-routes.ts';
export type { PodRoutesProps } from './props.ts';
