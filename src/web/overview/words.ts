/** What the overview says, in English and German. */

const english = {
  title: 'Overview',
  datasets: 'Datasets',
  name: 'Dataset',
  status: 'Status',
  records: 'Records',
  completed: 'Completed',
  answers: 'Answers',
  states: { draft: 'draft', ready: 'open', paused: 'paused', closed: 'closed' },
  nothing: 'No datasets yet',
  nothingText: 'A dataset says what is asked of whom. Make the first one, and import records.',
}

export type OverviewWords = typeof english

const german: OverviewWords = {
  title: 'Übersicht',
  datasets: 'Datensätze',
  name: 'Datensatz',
  status: 'Stand',
  records: 'Einträge',
  completed: 'Fertig',
  answers: 'Antworten',
  states: { draft: 'Entwurf', ready: 'offen', paused: 'angehalten', closed: 'geschlossen' },
  nothing: 'Noch keine Datensätze',
  nothingText:
    'Ein Datensatz sagt, wen was gefragt wird. Lege den ersten an und importiere Einträge.',
}

export const overviewWords = { english, german }
