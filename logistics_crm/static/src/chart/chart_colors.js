import { hexToRGBA } from "@web/core/colors/colors";

const SERIES = { main: "#4EA7F2", second: "#F4A261" };

/**
 * Colours of a chart, taken from the page it is drawn on: text, weaker text and grid lines stay
 * readable on a light page, in dark mode and under a custom theme.
 *
 * @param {HTMLElement} el the canvas
 */
export function chartColors(el) {
    const [red, green, blue] = getComputedStyle(el).color.match(/[\d.]+/g);
    const faded = (alpha) => `rgba(${red}, ${green}, ${blue}, ${alpha})`;
    return {
        text: faded(0.9),
        muted: faded(0.5),
        grid: faded(0.15),
        behind: faded(0.25),
        main: SERIES.main,
        mainFill: hexToRGBA(SERIES.main, 0.25),
        bar: hexToRGBA(SERIES.main, 0.8),
        second: SERIES.second,
    };
}
