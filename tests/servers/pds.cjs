// Starts a Bluesky PDS and the directory of DIDs that it needs, both on 127.0.0.1 and nowhere else.
// node pds.cjs PORT DIRECTORYPORT FOLDER   (in the folder with node_modules)
'use strict'
const { Server } = require('node:net')
const { createRequire } = require('node:module')
const { mkdirSync } = require('node:fs')
const { join } = require('node:path')

const load = createRequire(join(process.cwd(), 'here.js'))
const [port, directoryPort, folder] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]]

const listen = Server.prototype.listen // both servers would listen on every interface
Server.prototype.listen = function (...given) {
  const heard = given.find((each) => typeof each === 'function')
  const wanted = typeof given[0] === 'object' && given[0] !== null ? given[0] : { port: given[0] }
  return listen.call(this, { ...wanted, host: '127.0.0.1' }, heard)
}

async function main() {
  for (const name of ['blobs', 'tmp']) mkdirSync(join(folder, name), { recursive: true })
  const plc = load('@did-plc/server')
  const directory = plc.PlcServer.create({ db: plc.Database.mock(), port: directoryPort })
  await directory.start()
  const { PDS, envToCfg, envToSecrets } = await import(load.resolve('@atproto/pds')).catch(() => load('@atproto/pds'))
  const env = {
    devMode: true,
    port,
    hostname: 'localhost',
    dataDirectory: folder,
    blobstoreDiskLocation: join(folder, 'blobs'),
    blobstoreDiskTmpLocation: join(folder, 'tmp'),
    adminPassword: 'of-nobody',
    jwtSecret: 'of-a-test',
    serviceHandleDomains: ['.test'],
    didPlcUrl: `http://localhost:${directoryPort}`,
    bskyAppViewUrl: 'https://appview.invalid',
    bskyAppViewDid: 'did:example:appview',
    modServiceUrl: 'https://mod.invalid',
    modServiceDid: 'did:example:mod',
    plcRotationKeyK256PrivateKeyHex: `${'1'.repeat(63)}2`,
    inviteRequired: false,
    disableSsrfProtection: true,
    rateLimitsEnabled: false,
  }
  const server = await PDS.create(envToCfg(env), envToSecrets(env))
  await server.start()
  console.log('started')
}

main().catch((fault) => { console.error(fault); process.exit(1) })
