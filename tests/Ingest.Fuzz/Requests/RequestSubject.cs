using Ingest.Collector;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Ingest.Fuzz;

/// <summary>
/// The collector as it runs, from its request delegate on, with the engine behind it: gives it requests, and checks
/// everything that is promised of their answers, events and lines.
/// </summary>
internal sealed class RequestSubject : ISubject, IReadiness
{
    private readonly FixedTime _time = new();
    private readonly LastFault _log = new();
    private readonly PartitionIntake _partitions;
    private readonly RecordingIntake _intake;
    private readonly CollectorApp _app;
    private readonly PlantedFault _fault;
    private readonly RequestDelegate _handle;
    private readonly LineProperties _lines = new();
    private readonly long[] _answered = new long[Answers.Count];

    public RequestSubject(PlantedFault fault)
    {
        _fault = fault;
        var settings = FuzzSources.Settings;
        var catalogue = new SourceCatalogue(FuzzSources.All);
        _partitions = new PartitionIntake(catalogue, _time);
        _intake = new RecordingIntake(_partitions, () => _app!.Gate.Bytes);
        _app = new CollectorApp(settings, catalogue, fault.Wrap(_intake), this, _time, _log, new CountedIds());
        _handle = fault.Wrap(_app.HandleAsync);
    }

    public bool CanStore(out string? why)
    {
        why = null;
        return true;
    }

    public ulong Try(byte[] input)
    {
        if (RequestInput.Read(input) is not { } request)
            return 0;
        _time.Step();
        _intake.Clear();
        _partitions.Clear();
        _log.Fault = null;
        using var sent = new MemoryStream();
        var context = ToContext(request, sent);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _handle(context).GetAwaiter().GetResult();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before - _intake.Allocated;
        return Check(request, context, sent.ToArray(), allocated);
    }

    public void Dispose()
    {
        _app.Counters.Dispose();
        _partitions.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private ulong Check(RequestInput request, HttpContext context, byte[] sent, long allocated)
    {
        if (_intake.Fault is PropertyException broken)
            throw broken;
        var answer = TakeAnswer();
        PropertyException.Require(answer != Answer.Failed, "no request is answered 500", $"{_intake.Fault ?? _log.Fault}");
        AnswerProperties.Check(request, context, sent, answer, _intake.Result);
        PropertyException.Require(
            _app.Gate is { Requests: 0, Bytes: 0 }, "what was set aside is given back", $"{_app.Gate.Requests} requests, {_app.Gate.Bytes} bytes are not");

        var limits = FuzzSources.Settings.Limits;
        var body = ReferenceBody.Of(request, limits);
        MemoryProperties.Check(MemoryProperties.BytesOf(request, body, limits), allocated, _intake);
        if (answer == Answer.Stored)
            BodyProperties.Check(request, body, _intake.Events, limits);
        else
            PropertyException.Require(_intake.Events.Count == 0, "what is not acknowledged is not stored", $"{answer} with {_intake.Events.Count} events");

        var signal = new Signal();
        signal.Add((ulong)answer);
        signal.Add(request.Method.Length > 0 ? request.Method[0] : 0ul);
        signal.Add((ulong)body.Verdict);
        signal.AddSize(_intake.Events.Count);
        var lines = _partitions.Lines.Select(line => line with { Bytes = _fault.Change(line.Bytes) }).ToList();
        _lines.Check(_intake.Events, lines, _intake.Result, ref signal);
        return signal.Value;
    }

    /// <summary>How the request was answered, by the collector's own counters.</summary>
    private Answer TakeAnswer()
    {
        Answer? found = null;
        for (var i = 0; i < _answered.Length; i++)
        {
            var answer = (Answer)i;
            var more = _app.Counters.RequestsOf(answer) - _answered[i];
            _answered[i] += more;
            if (more == 0)
                continue;
            PropertyException.Require(more == 1 && found is null, "a request is counted once", $"{found} and {more} times {answer}");
            found = answer;
        }
        return found ?? throw new PropertyException("a request is counted once", "it is not");
    }

    private static DefaultHttpContext ToContext(RequestInput input, Stream sent)
    {
        var context = new DefaultHttpContext();
        var request = context.Request;
        request.Method = input.Method;
        request.Scheme = "http";
        request.Path = new PathString(input.Path);
        request.QueryString = input.Query is { } query ? new QueryString("?" + query) : default;
        foreach (var (name, value) in input.Headers)
            request.Headers.Append(name, value);
        context.Features.Set<IRequestBodyPipeFeature>(new PiecedBody(input));
        context.Connection.RemoteIpAddress = System.Net.IPAddress.Loopback;
        context.Response.Body = sent;
        return context;
    }

    /// <summary>Keeps the exception that the collector logged.</summary>
    private sealed class LastFault : ILogger<CollectorApp>
    {
        public Exception? Fault { get; set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Fault = exception ?? Fault;
    }
}
