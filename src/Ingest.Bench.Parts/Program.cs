using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Ingest.Bench.Parts;

// In this process: a project that is generated and built elsewhere would not find the settings of this repository.
var config = ManualConfig.CreateEmpty()
    .AddJob(Job.Default.WithWarmupCount(6).WithIterationCount(15).WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddExporter(MarkdownExporter.GitHub)
    .AddLogger(ConsoleLogger.Default)
    .WithArtifactsPath(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../artifacts/parts")));
BenchmarkSwitcher.FromAssembly(typeof(Rendering).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args, config);
