/** Draws a chart as SVG, by ECharts, which is loaded when the first is wanted. */
import type { Drawing } from './chart.ts'
import { countsOption } from './draw-counts.ts'
import { intervalsOption } from './draw-intervals.ts'
import { timelineOption } from './draw-timeline.ts'
import type { Plan } from './frame.ts'
import { widthOf } from './label.ts'
import { palettes, type Size, type Theme, widths } from './theme.ts'
import { chartWords } from './words.ts'

export type Look = { theme: Theme; size: Size; locale: string | undefined }
/** A whole SVG document, which loads nothing and runs nothing. */
export async function drawChart(drawing: Drawing, look: Look): Promise<string> {
  const { init } = await openEcharts()
  const { option, height } = plan(drawing, look)
  const width = widths[look.size]
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, backgroundColor: 'transparent', ...option })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

/** How large it will be, in pixels, so that a page keeps the place free. */
export function sizeOf(drawing: Drawing, look: Look): { width: number; height: number } {
  return { width: widths[look.size], height: plan(drawing, look).height }
}

function plan(drawing: Drawing, look: Look): Plan {
  const { locale } = chartWords(look.locale)
  const page = { palette: palettes[look.theme], width: widths[look.size], locale }
  switch (drawing.type) {
    case 'timeline':
      return timelineOption(drawing, page)
    case 'intervals':
      return intervalsOption(drawing, page)
    case 'counts':
      return countsOption(drawing, page)
  }
}

let opened: ReturnType<typeof load> | undefined

/** Once a process: half a second that only who looks at a chart pays. */
function openEcharts() {
  opened ??= load()
  return opened
}

async function load() {
  const [core, charts, components, renderers] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ])
  const { BarChart, CustomChart, LineChart } = charts
  const { GridComponent, LegendComponent, MarkLineComponent } = components
  core.use([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, MarkLineComponent])
  core.use([renderers.SVGRenderer])
  // There is no canvas on a server.
  core.setPlatformAPI({
    measureText: (text, shorthand) => ({
      width: widthOf(text, Number(/(\d+)px/.exec(shorthand ?? '')?.[1] ?? 12)),
    }),
  })
  return core
}
