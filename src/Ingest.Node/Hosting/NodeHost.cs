using System.Diagnostics;
using System.Security.Cryptography;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Storage;
using Microsoft.Extensions.Logging;

namespace Ingest.Node;

/// <summary>
/// The single process: puts journal, lake, partitions, shipper and collector together, runs them, and takes them apart
/// in the order in which nothing is lost.
/// </summary>
internal sealed class NodeHost : IAsyncDisposable
{
    private const int BadSettings = 2;
    private const int BadStorage = 3;

    private readonly RunSettings _settings;
    private readonly Limits _limits;
    private readonly NodeOptions _options = new();
    private readonly NodeLog _log;
    private readonly IJournal _journal;
    private readonly ILake _lake;
    private readonly CollectorConfiguration _configuration;
    private readonly StorageHealth _health = new();
    private readonly PartitionHost _partitions;
    private readonly ShipperLoop _shipper;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly string _adminKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
