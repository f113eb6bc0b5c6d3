/** The tables of what admins see of people. */

export type ProfilesTable = {
  platform: string
  workspace: string
  userId: string
  place: string
  name: string | null
  picture: string | null
  image: Buffer | null
  imageAt: Date | null
  readAt: Date
}
