using System.Collections.Concurrent;
using Orleans.Serialization;
using Orleans.Storage;

namespace Ingest.Grains.Tests;

/// <summary>The grain storage of a cluster, which outlives its silos as a database does. States are kept as bytes.</summary>
internal sealed class SharedStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (byte[] State, string ETag)> _states = new();
    private int _etag;

    /// <summary>The same contents, by the serializer of one silo.</summary>
    public IGrainStorage For(Serializer serializer) => new Handle(this, serializer);

    private sealed class Handle(SharedStorage shared, Serializer serializer) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (shared._states.TryGetValue((stateName, grainId), out var found))
            {
                grainState.State = serializer.Deserialize<T>(found.State);
                (grainState.ETag, grainState.RecordExists) = (found.ETag, true);
            }

            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var row = (serializer.SerializeToArray(grainState.State), $"{Interlocked.Increment(ref shared._etag)}");
            var written = shared._states.AddOrUpdate(
                (stateName, grainId), row, (_, found) => found.ETag == grainState.ETag ? row : found);
            if (written.ETag != row.Item2)
                throw new InconsistentStateException("another activation wrote", written.ETag, grainState.ETag);
            (grainState.ETag, grainState.RecordExists) = (row.Item2, true);
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            shared._states.TryRemove((stateName, grainId), out _);
            return Task.CompletedTask;
        }
    }
}
