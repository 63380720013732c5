using System.Globalization;
using Ingest.Simulation;

var first = int.Parse(args[0], CultureInfo.InvariantCulture);
var count = int.Parse(args[1], CultureInfo.InvariantCulture);
var sw = System.Diagnostics.Stopwatch.StartNew();
if (args.Length > 2 && args[2] == "m")
{
    foreach (var m in Mistake.All)
    {
        var s = first;
        HistoryResult r;
        do r = History.Run(s++, m); while (r.Violation is null && s < first + count);
        Console.WriteLine($"{m.Name}: {s - first} seeds: {r.Violation?.Rule}: {r.Violation?.What.Split('\n')[0]}");
    }
    return;
}
long steps = 0;
for (var seed = first; seed < first + count; seed++)
{
    var r = History.Run(seed, keepsLines: args.Length > 2);
    steps += r.Steps;
    if (args.Length > 2)
        foreach (var l in r.Trace.Lines)
            Console.WriteLine(l);
    if (r.Violation is not null || count < 20)
        Console.WriteLine($"{seed}: {r.Violation} steps {r.Steps} time {r.Time} accepted {r.Accepted} objects {r.Objects} {r.Trace.Checksum:x}");
}
Console.WriteLine($"{count / sw.Elapsed.TotalSeconds:F1} histories/s, {steps / sw.Elapsed.TotalSeconds:F0} steps/s, {steps/count} steps/history");
