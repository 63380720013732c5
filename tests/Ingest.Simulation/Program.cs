using System.Globalization;
using Ingest.Simulation;

var first = int.Parse(args[0], CultureInfo.InvariantCulture);
var count = int.Parse(args[1], CultureInfo.InvariantCulture);
var sw = System.Diagnostics.Stopwatch.StartNew();
long steps = 0;
for (var seed = first; seed < first + count; seed++)
{
    var r = History.Run(seed, keepsLines: args.Length > 2);
    steps += r.Steps;
    if (args.Length > 2)
        foreach (var l in r.Trace.Lines)
            Console.WriteLine(l);
    if (r.Violation is not null || count < 20) Console.WriteLine(r.Trace.Lines.FirstOrDefault() ?? "");
    if (r.Violation is not null || count < 20)
        Console.WriteLine($"{seed}: {r.Violation} steps {r.Steps} time {r.Time} accepted {r.Accepted} objects {r.Objects} {r.Trace.Checksum:x}");
}
Console.WriteLine($"{count / sw.Elapsed.TotalSeconds:F1} histories/s, {steps / sw.Elapsed.TotalSeconds:F0} steps/s");
