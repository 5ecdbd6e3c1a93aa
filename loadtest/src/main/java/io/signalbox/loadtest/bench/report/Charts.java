package io.signalbox.loadtest.bench.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;

/** Draws results as PNG. Needs Debian's fontconfig and a font, as all of Java's drawing of text does. */
public final class Charts {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 450;
    private static final List<Figure> LATENCIES = List.of(Figure.P50, Figure.P90, Figure.P99, Figure.P999);

    private Charts() {}

    /** Draws a result into files of {@code directory}; returns their names. */
    public static List<String> draw(BenchResult result, Path directory) throws IOException {
        System.setProperty("java.awt.headless", "true");
        List<String> files = new ArrayList<>();
        List<WorkloadResult> closedLoop = result.workloads().stream()
                .filter(workload -> workload.requestsPerSecond() == null
                        && !workload.comparisons().isEmpty())
                .toList();
        if (!closedLoop.isEmpty()) {
            files.add(save(ratios(closedLoop), directory, "ratios.png"));
        }
        for (WorkloadResult workload : result.workloads()) {
            if (workload.requestsPerSecond() != null && !workload.measurements().isEmpty()) {
                files.add(save(latencies(workload), directory, workload.name() + "-latency.png"));
            }
            if (!workload.secondsP99().isEmpty()) {
                files.add(save(
                        lines(workload.title() + ": p99", "second", "p99 us", workload.secondsP99()),
                        directory,
                        workload.name() + "-seconds.png"));
            }
        }
        return files;
    }

    /** Draws the history of figures, run by run; a figure that a run lacks is left out. */
    static void drawHistory(Map<String, List<Double>> figures, Path directory, String file) throws IOException {
        System.setProperty("java.awt.headless", "true");
        save(lines("Ratios, run by run", "run", "ratio", figures), directory, file);
    }

    private static CategoryChart ratios(List<WorkloadResult> workloads) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("CPU per request, median of ratios")
                .yAxisTitle("ratio")
                .build();
        TreeSet<String> against = new TreeSet<>();
        workloads.forEach(workload -> workload.comparisons().forEach(comparison -> against.add(comparison.toString())));
        List<String> names = workloads.stream().map(WorkloadResult::name).toList();
        for (String comparison : against) {
            chart.addSeries(
                    comparison,
                    names,
                    workloads.stream()
                            .map(workload -> ratio(workload, comparison))
                            .toList());
        }
        chart.getStyler().setXAxisLabelRotation(45);
        return chart;
    }

    private static double ratio(WorkloadResult workload, String name) {
        return workload.comparisons().stream()
                .filter(comparison -> comparison.toString().equals(name))
                .findFirst()
                .flatMap(comparison -> workload.ratio(comparison, Figure.CPU))
                .map(Spread::median)
                .orElse(0.0);
    }

    private static CategoryChart latencies(WorkloadResult workload) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(workload.title())
                .yAxisTitle("us")
                .build();
        List<String> names = LATENCIES.stream().map(Figure::title).toList();
        for (String contender : workload.contenders()) {
            chart.addSeries(
                    contender,
                    names,
                    LATENCIES.stream()
                            .map(figure -> Spread.of(workload.values(contender, figure))
                                    .map(Spread::median)
                                    .orElse(0.0))
                            .toList());
        }
        return chart;
    }

    private static XYChart lines(String title, String xTitle, String yTitle, Map<String, List<Double>> series) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        series.forEach((name, values) -> chart.addSeries(
                name,
                IntStream.rangeClosed(1, values.size())
                        .mapToDouble(number -> number)
                        .toArray(),
                values.stream().mapToDouble(Double::doubleValue).toArray()));
        return chart;
    }

    private static String save(Chart<?, ?> chart, Path directory, String file) throws IOException {
        chart.getStyler().setChartBackgroundColor(Color.WHITE).setDecimalPattern("#,##0.##");
        BitmapEncoder.saveBitmap(chart, directory.resolve(file).toString(), BitmapEncoder.BitmapFormat.PNG);
        return file;
    }
}
