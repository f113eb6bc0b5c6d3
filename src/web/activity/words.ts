/** What the log of admins' acts says, in English and German. */

const english = {
  title: 'Activity',
  lead: 'Who did what, and when: the acts of admins, programs and Parley itself. Newest first.',
  at: 'When',
  who: 'Who',
  what: 'What',
  dataset: 'Dataset',
  detail: 'Details',
  actor: 'Who',
  actorHint: 'As in the list: cli, key:ci, slack:T1:U1',
  act: 'What',
  show: 'Show',
  all: 'Show all',
  nothing: 'Nothing to show',
  nothingText: 'No act of an admin fits. Acts are noted from the first one on and kept for good.',
}

export type ActivityWords = typeof english

const german: ActivityWords = {
  title: 'Protokoll',
  lead: 'Wer was wann getan hat: Admins, Programme und Parley selbst. Das Neueste zuerst.',
  at: 'Wann',
  who: 'Wer',
  what: 'Was',
  dataset: 'Datensatz',
  detail: 'Einzelheiten',
  actor: 'Wer',
  actorHint: 'Wie in der Liste: cli, key:ci, slack:T1:U1',
  act: 'Was',
  show: 'Anzeigen',
  all: 'Alles anzeigen',
  nothing: 'Nichts gefunden',
  nothingText:
    'Keine Handlung passt. Festgehalten wird jede von der ersten an, und sie bleibt erhalten.',
}

export const activityWords = { english, german }
