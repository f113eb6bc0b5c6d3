/** discord.js as bots use it, builders and all: nothing it sends is refused, all it gets is understood. */
import {
  ButtonBuilder,
  ButtonStyle,
  CheckboxBuilder,
  CheckboxGroupBuilder,
  type Client,
  ContainerBuilder,
  ContextMenuCommandBuilder,
  Events,
  FileUploadBuilder,
  type Interaction,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  RadioGroupBuilder,
  SlashCommandBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
  UserSelectMenuBuilder,
} from 'discord.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DiscordStandIn, openDiscordStandIn } from '../../../sandbox/discord/server.ts'
import { newClient } from './bot.ts'

let discord: DiscordStandIn
let client: Client
const got: unknown[] = []

const picks = (...labels: string[]) =>
  labels.map((label) => ({ label, value: label.toLowerCase() }))

function card(state: string) {
  return new ContainerBuilder()
    .addTextDisplayComponents((text) => text.setContent(`### Task\n${state}`))
    .addActionRowComponents((row) =>
      row.setComponents(
        new StringSelectMenuBuilder().setCustomId('rank').addOptions(picks('Alpha', 'Beta')),
      ),
    )
    .addActionRowComponents((row) =>
      row.setComponents(new UserSelectMenuBuilder().setCustomId('who').setPlaceholder('Who')),
    )
    .addActionRowComponents((row) =>
      row.setComponents(
        new ButtonBuilder().setCustomId('write').setLabel('Write').setStyle(ButtonStyle.Primary),
        new ButtonBuilder().setLabel('Open').setURL('https://e.com').setStyle(ButtonStyle.Link),
      ),
    )
}

function form() {
  return new ModalBuilder()
    .setCustomId('form')
    .setTitle('Your answer')
    .addLabelComponents(
      new LabelBuilder()
        .setLabel('Answer')
        .setTextInputComponent(
          new TextInputBuilder().setCustomId('text').setStyle(TextInputStyle.Paragraph),
        ),
      new LabelBuilder()
        .setLabel('Clarity')
        .setRadioGroupComponent(
          new RadioGroupBuilder().setCustomId('clarity').addOptions(picks('Low', 'High')),
        ),
      new LabelBuilder()
        .setLabel('Labels')
        .setCheckboxGroupComponent(
          new CheckboxGroupBuilder()
            .setCustomId('labels')
            .setRequired(false)
            .setMinValues(0)
            .addOptions(picks('Unsafe', 'Wrong')),
        ),
      new LabelBuilder()
        .setLabel('Sure')
        .setCheckboxComponent(new CheckboxBuilder().setCustomId('sure')),
      new LabelBuilder()
        .setLabel('Files')
        .setFileUploadComponent(
          new FileUploadBuilder().setCustomId('files').setRequired(false).setMinValues(0),
        ),
    )
}

async function handle(interaction: Interaction): Promise<unknown> {
  if (interaction.isAutocomplete()) {
    return interaction.respond([{ name: interaction.options.getFocused(), value: 'ds' }])
  }
  if (interaction.isMessageContextMenuCommand()) {
    const { content } = interaction.targetMessage
    return interaction.reply({ content: `used ${content}`, flags: MessageFlags.Ephemeral })
  }
  if (interaction.isChatInputCommand()) {
    const flags = MessageFlags.Ephemeral | MessageFlags.IsComponentsV2
    if (interaction.options.getSubcommand() === 'next') {
      return interaction.reply({ flags, components: [card('new')] })
    }
    await interaction.deferReply({ flags: MessageFlags.Ephemeral })
    const file = interaction.options.getAttachment('file')
    const read = await (await fetch(file?.url ?? '')).text()
    await interaction.editReply({
      content: `read ${read}`,
      files: [{ attachment: Buffer.from('# out'), name: 'out.md' }],
    })
    return interaction.followUp({ content: 'and more', flags: MessageFlags.Ephemeral })
  }
  if (interaction.isButton()) return interaction.showModal(form())
  if (interaction.isStringSelectMenu()) {
    await interaction.deferUpdate()
    return interaction.editReply({ components: [card(`ranked ${interaction.values.join()}`)] })
  }
  if (interaction.isUserSelectMenu()) {
    const names = interaction.users.map((user) => user.globalName)
    return interaction.update({ components: [card(`asked ${names.join()}`)] })
  }
  if (interaction.isModalSubmit() && interaction.isFromMessage()) {
    const { fields } = interaction
    got.push({
      text: fields.getTextInputValue('text'),
      clarity: fields.getRadioGroup('clarity'),
      labels: fields.getCheckboxGroup('labels'),
      sure: fields.getCheckbox('sure'),
      files: fields.getUploadedFiles('files')?.map(({ name, size }) => [name, size]),
    })
    return interaction.update({ components: [card('answered')] })
  }
}

beforeAll(async () => {
  discord = await openDiscordStandIn({ people: [{ name: 'Ana' }, { name: 'Ben' }] })
  client = newClient(discord, { allowedMentions: { parse: [] } })
  client.on(Events.InteractionCreate, (interaction) => void handle(interaction))
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve))
  await client.login(discord.botToken)
  await ready
  await client.application?.commands.set([
    new SlashCommandBuilder()
      .setName('task')
      .setDescription('Tasks')
      .addSubcommand((one) =>
        one
          .setName('next')
          .setDescription('Next')
          .addStringOption((option) =>
            option.setName('dataset').setDescription('Which').setAutocomplete(true),
          ),
      )
      .addSubcommand((one) =>
        one
          .setName('read')
          .setDescription('Read a file')
          .addAttachmentOption((option) =>
            option.setName('file').setDescription('Which').setRequired(true),
          ),
      ),
    new ContextMenuCommandBuilder().setName('Use as my answer').setType(3),
  ])
})
afterAll(async () => {
  await client.destroy()
  await discord.close()
})

describe('happy', () => {
  test('a card of builders is labeled with menus and a form', async () => {
    const ana = discord.person('Ana')
    await ana.command('/task next dataset:ds')
    await ana.choose('rank', 'Beta')
    await ana.receives('ranked beta')
    await ana.choose('Who', 'Ben')
    expect(ana.screen()).toContain('asked Ben')
    expect(await ana.press('Open')).toEqual({ ok: true })
    await ana.press('Write')
    await ana.fill('Answer', 'mine')
    await ana.choose('Clarity', 'High')
    await ana.choose('Labels', 'Wrong')
    await ana.tick('Sure')
    await ana.attach('Files', 'notes.md', '# notes')
    expect(await ana.submit()).toEqual({ ok: true })
    expect(got).toEqual([
      {
        text: 'mine',
        clarity: 'high',
        labels: ['wrong'],
        sure: true,
        files: [['notes.md', 7]],
      },
    ])
    expect(ana.screen()).toContain('answered')
  })

  test('a file goes in with a command and another comes out, with a follow-up', async () => {
    const ana = discord.person('Ana')
    const files = { file: { name: 'in.txt', content: 'hello' } }
    await ana.command('/task read', { files })
    await ana.receives('and more')
    expect(ana.screen()).toContain('read hello')
    expect(ana.files().at(-1)).toMatchObject({ name: 'out.md', text: '# out' })
    const missing = await ana.command('/task read')
    expect(missing).toMatchObject({ ok: false, problem: expect.stringContaining('required') })
  })

  test('options and messages are offered to the library as it expects them', async () => {
    const ana = discord.person('Ana')
    expect(await ana.autocomplete('/task next dataset:pre')).toEqual([{ name: 'pre', value: 'ds' }])
    await ana.post('general', 'a thought')
    await ana.useMessage('Use as my answer', 'a thought')
    expect(ana.screen()).toContain('used a thought')
  })

  test('a direct message is sent, and all of it went without a refusal', async () => {
    const ana = discord.person('Ana')
    const user = await client.users.fetch(ana.id)
    await user.send('hello there')
    expect(ana.messages('dm')).toEqual(['hello there'])
    expect(discord.faults.seen).toEqual([])
  })
})
