/** Column types that several tables share. */
import type { ColumnType } from 'kysely'

export type Id = string

/** jsonb: read as a value, written as JSON text so that lists are not taken for Postgres arrays. */
export type Json<T> = ColumnType<T, string, string>

export type JsonDefault<T> = ColumnType<T, string | undefined, string>
