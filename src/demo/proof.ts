/** Prints what `demo --check` proves step by step, and says in the end whether all of it holds. */

export type Proof = { step(what: string, holds: boolean, detail?: string): void; end(): number }

export function openProof(): Proof {
  let failed = 0
  let held = 0
  return {
    step: (what, holds, detail) => {
      if (holds) held++
      else failed++
      process.stdout.write(`${holds ? 'ok  ' : 'FAIL'}  ${what}${detail ? `: ${detail}` : ''}\n`)
    },
    end: () => {
      process.stdout.write(`demo check: ${held} steps hold, ${failed} failed\n`)
      return failed > 0 || held === 0 ? 1 : 0
    },
  }
}
