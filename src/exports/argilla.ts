/**
 * The `argilla` format: the folder Argilla 2 reads with `rg.Dataset.from_disk`, and the one it writes.
 * Argilla has no place for much of what Parley keeps (its own files lose ranks and statuses), so a
 * sidecar holds the rest, and Parley brings everything back from the two together.
 *
 *     NAME/.argilla/dataset.json    name, guidelines, distribution
 *     NAME/.argilla/settings.json   fields and questions
 *     NAME/records.json             `argilla`: an array of Argilla's records
 *     NAME/train.jsonl              `argilla-flat` instead: the flat columns of `to_datasets`
 *     NAME/parley.json              the sidecar
 *
 * All files are UTF-8 with `\n`. Every record stands on a line of its own, in the same order in both:
 * record n is line n + 1 of records.json (line 1 is `[`, the last `]`; `,` ends all but the last
 * record), line n of train.jsonl, and line n + 1 of parley.json:
 *
 *     {"format":1,"for":"argilla","dataset":DOCUMENT,"data":"records.json","output_fields":"response","records":[
 *     RECORD,
 *     RECORD
 *     ],"users":{"UUID":"PSEUDONYM"},"warnings":["…"],"data_sha256":"…"}
 *
 * A sidecar's RECORD is a line of the `records` format without what the data file says of it:
 * `fields` is absent, and so is the `text` of each output (one with `messages` keeps them). A data
 * record's `fields` (in the flat form its columns of those names) are the record's own fields, which
 * DOCUMENT names, and output k's text as `output_fields` + k, from 1. To have the line back: the
 * record's fields go to `fields`, output texts into `outputs`. `data_sha256` is that of the data file:
 * if it differs, somebody changed the file since, and the two do not belong together any more.
 *
 * What Argilla is told, for those who read it there: a question about outputs is one question for each,
 * QUESTION + `_` + OUTPUT FIELD; a ranking is the output fields best first; a span leaves `field` away.
 * Users are UUIDs made of the pseudonyms. A response's status stands with each of its values; one
 * with a ranking is a draft, since Argilla's SDK sends rankings without ranks and its server
 * accepts that of drafts only. Metadata that is neither text nor number nor a list of texts stays out.
 */
export {}
