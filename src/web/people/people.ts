/** The pages about people: the list, one person, what is done about them, and a dataset's labelers. */
import type { Site, Web } from '../site.ts'
import { actRoutes } from './acts.ts'
import { listRoutes } from './list-page.ts'
import { measuresRoutes } from './measures-page.ts'
import { personRoutes } from './person-page.ts'

export function peopleRoutes(web: Web, site: Site): void {
  listRoutes(web, site)
  actRoutes(web, site)
  personRoutes(web, site)
  measuresRoutes(web, site)
}
