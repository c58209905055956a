import { loadBundle } from "@web/core/assets";

import { onWillStart, useEffect, useRef } from "@odoo/owl";

import { chartColors } from "./chart_colors";

/**
 * Keeps a chart on the canvas `t-ref="canvas"` of the component: drawn once the library is there,
 * drawn anew when the canvas or one of the dependencies changes, gone with the component. Without
 * a canvas (nothing to show) there is no chart.
 *
 * @param {(colors: ReturnType<typeof chartColors>) => object} config gives the Chart.js
 *     configuration in the colours of the page
 * @param {() => unknown[]} dependencies values that the configuration is made of
 */
export function useChart(config, dependencies) {
    const canvasRef = useRef("canvas");
    onWillStart(() => loadBundle("web.chartjs_lib"));
    useEffect(
        (canvas) => {
            if (!canvas) {
                return;
            }
            const chart = new Chart(canvas, config(chartColors(canvas)));
            return () => chart.destroy();
        },
        () => [canvasRef.el, ...dependencies()],
    );
}
