// Adminer in Chromium, as an administrator and as a reader of one table: log in, look around, read, change, export.
'use strict'

const assert = require('node:assert')
const { spawn } = require('node:child_process')
const net = require('node:net')
const { chromium } = require('playwright-core')

const { GATE_HOST = '127.0.0.1', GATE_PORT = '3307', GATE_USER, GATE_PASSWORD, GATE_ROLE } = process.env
const PAGES = process.env.ADMINER || '/usr/share/adminer'
const BROWSER = process.env.CHROMIUM || '/usr/bin/chromium'

function freePort () {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

async function listening (port) {
  for (let i = 0; i < 100; i++) {
    const open = await new Promise(resolve => {
      const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true) })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('PHP does not serve Adminer')
}

async function main () {
  const port = await freePort()
  const php = spawn('php', ['-S', `127.0.0.1:${port}`, '-t', PAGES], { stdio: 'ignore' })
  const browser = await chromium.launch({
    executablePath: BROWSER,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync']
  })
  try {
    await listening(port)
    const page = await browser.newPage()
    page.on('dialog', dialog => dialog.accept())
    const home = `http://127.0.0.1:${port}/adminer.php`
    const at = (query) => page.goto(`${home}?server=${GATE_HOST}%3A${GATE_PORT}&username=${encodeURIComponent(GATE_USER)}${query}`)
    const text = () => page.locator('body').innerText()
    const sql = async (statement) => {
      await at('&db=clients_it&sql=')
      // The editor is a <pre> that Adminer puts before the field of the form.
      await page.evaluate(value => {
        document.querySelector('textarea[name=query]').value = value
        document.querySelectorAll('pre.sqlarea').forEach(editor => { editor.textContent = value })
      }, statement)
      await page.locator('input[type=submit][value=Execute]').first().click()
      await page.waitForLoadState()
      return text()
    }

    await page.goto(home)
    await page.fill('input[name="auth[server]"]', `${GATE_HOST}:${GATE_PORT}`)
    await page.fill('input[name="auth[username]"]', GATE_USER)
    await page.fill('input[name="auth[password]"]', GATE_PASSWORD)
    await page.click('input[type=submit][value=Login]')
    await page.waitForLoadState()
    assert.match(await text(), /clients_it/, 'databases are listed')

    await at('&db=clients_it')
    assert.match(await text(), /shown/, 'tables are listed')
    await at('&db=clients_it&select=shown')
    assert.match(await text(), /one/, 'rows are shown')
    assert.match(await sql('SELECT COUNT(*) AS how_many FROM shown'), /how_many/)
    if (GATE_ROLE === 'administrator') {
      await at('&db=clients_it&table=shown')
      assert.match(await text(), /varchar/, 'the structure is shown')
      assert.doesNotMatch(await sql('CREATE TABLE made (id INT PRIMARY KEY, s VARCHAR(20)); INSERT INTO made VALUES (1, \'a\')'), /Error/)
      await at('&db=clients_it&edit=made&where%5Bid%5D=1')
      await page.fill('input[name="fields[s]"]', 'changed')
      await page.click('input[type=submit][value=Save]')
      await page.waitForLoadState()
      await at('&db=clients_it&select=made')
      assert.match(await text(), /changed/, 'a row is changed')
      await at('&db=clients_it&dump=')
      await page.check('input[name=output][value=text]')
      await page.click('input[type=submit][value=Export]')
      await page.waitForLoadState()
      const dump = await text()
      assert.match(dump, /CREATE TABLE `shown`/, 'an export has tables')
      assert.match(dump, /'changed'/, 'an export has rows')
      assert.doesNotMatch(await sql('DROP TABLE made'), /Error/)
    } else {
      assert.match(await sql('SELECT * FROM hidden'), /SELECT command denied to user 'clients_reader'/)
      assert.match(await sql('DELETE FROM shown'), /DELETE command denied to user 'clients_reader'/)
      await at('&db=clients_it&select=hidden')
      assert.match(await text(), /denied|Unable to select/)
    }
    console.log(`Adminer in Chromium ${browser.version()}: ok`)
  } finally {
    await browser.close()
    php.kill()
  }
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
