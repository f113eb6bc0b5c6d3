/** What an import tells of a line that it kept: of what kind, and where in the line. */

export type WarningKind =
  | 'empty output'
  | 'identical outputs'
  | 'model name in output'
  | 'long text'
  | 'too few outputs'
  | 'repeated line'
  | 'system left out'
  // What came from elsewhere and has no place here, or says too little.
  | 'ranks unknown'
  | 'status unknown'
  | 'empty answer'
  | 'second answer'
  | 'value left out'
  | 'suggestion left out'
  | 'score left out'
  | 'image left out'
  | 'vectors left out'
export type LineWarning = { kind: WarningKind; path: string; message: string }
