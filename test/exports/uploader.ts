/** A process of its own that sends one file to a store, and says how much memory it took at most. */
import { sendToHub } from '../../src/exports/destinations/hub.ts'
import { sendToS3 } from '../../src/exports/destinations/s3.ts'

const [to = '', path = '', endpoint = ''] = process.argv.slice(2)
if (to === 's3') {
  const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', sessionToken: null }
  await sendToS3({ region: 'eu-central-1', endpoint, ...keys }, 'training', [
    { path, key: 'x.bin' },
  ])
} else {
  const files = [{ path, name: 'x.bin' }]
  await sendToHub({ token: 'hf_token', endpoint }, 'acme/prefs', files, 'A card', 'A title')
}
process.stdout.write(String(process.resourceUsage().maxRSS / 1024))
