/** When the schedule runs, and how far apart that is, as the setting of the functions has it. */
// @ts-nocheck

export const SCHEDULE = { cron: '0 */10 * * * *', interval: '10m' } as const;
