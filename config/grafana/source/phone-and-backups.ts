import type { Dashboard } from './dashboard.ts';

const OF = '{check=~"$check"}';

export const phoneAndBackups: Dashboard = {
  id: 'phone-and-backups',
  title: 'Nines: phone and backups',
  description: 'Telephone queues as they stand, backups as they can be restored, and jobs that report themselves.',
  choices: [{ label: 'check', metric: '{__name__=~"nines_phone_callers_waiting|nines_backup_age_seconds"}' }],
  rows: [
    {
      title: 'Telephone',
      panels: [
        {
          title: 'Callers waiting',
          description: 'At the last run. Callers who were refused when they came are in no queue.',
          kind: 'curves',
          unit: 'short',
          width: 8,
          height: 8,
          queries: [{ expr: `nines_phone_callers_waiting${OF}`, legend: '{{check}}' }],
        },
        {
          title: 'Longest wait',
          description: 'Of those who waited at the last run.',
          kind: 'curves',
          unit: 's',
          width: 8,
          height: 8,
          queries: [{ expr: `nines_phone_longest_wait_seconds${OF}`, legend: '{{check}}' }],
        },
        {
          title: 'People at the telephones',
          description: 'Logged in, able to take a call, paused.',
          kind: 'curves',
          unit: 'short',
          width: 8,
          height: 8,
          queries: [
            { expr: `nines_phone_members_logged_in${OF}`, legend: '{{check}} logged in' },
            { expr: `nines_phone_members_available${OF}`, legend: '{{check}} available' },
            { expr: `nines_phone_members_paused${OF}`, legend: '{{check}} paused' },
          ],
        },
      ],
    },
    {
      title: 'Backups',
      panels: [
        {
          title: 'Age of the newest backup',
          description: 'Since it ended; what cannot be restored does not count.',
          kind: 'curves',
          unit: 's',
          width: 12,
          height: 8,
          queries: [{ expr: `nines_backup_age_seconds${OF}`, legend: '{{check}}' }],
        },
        {
          title: 'Size of the newest backup',
          description: 'One that is much smaller than those before deserves a look.',
          kind: 'curves',
          unit: 'bytes',
          width: 12,
          height: 8,
          queries: [{ expr: `nines_backup_size_bytes${OF}`, legend: '{{check}}' }],
        },
        {
          title: 'Points in time that can be restored',
          description: 'As many as there are.',
          kind: 'list',
          unit: 'short',
          width: 12,
          height: 7,
          queries: [{ expr: `nines_backup_points${OF}` }],
        },
        {
          title: 'How far back',
          description: 'The oldest point that can be restored.',
          kind: 'list',
          unit: 'dateTimeFromNow',
          width: 12,
          height: 7,
          queries: [{ expr: `nines_backup_oldest_timestamp_seconds${OF} * 1000` }],
        },
        {
          title: 'Jobs that report themselves',
          description: 'New, up, late or down.',
          kind: 'list',
          unit: 'none',
          width: 24,
          height: 7,
          queries: [{ expr: 'nines_heartbeat_state == 1' }],
        },
      ],
    },
  ],
};
