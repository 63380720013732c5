using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>The validator of a source as of now: a reload takes effect with the next request.</summary>
public sealed class Validators(SourceCatalogue sources)
{
    public IEventValidator Of(string source) =>
        sources.TryGet(source, out var found) ? found.Validator : RemovedSource.Instance;

    /// <summary>A source that was taken out while its events were on the way: they are kept, in the quarantine.</summary>
    private sealed class RemovedSource : IEventValidator
    {
        public static readonly RemovedSource Instance = new();

        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors) =>
            (errors ??= []).Add(new EventError(check.Where, EventRules.UnknownSchema, "the source was removed from the configuration"));
    }
}
