namespace Ingest.Storage.Postgres;

/// <summary>Tells whether a commit is on its way: from then on a fault leaves open whether it is stored.</summary>
internal sealed class CommitStep
{
    public bool IsCommitting { get; private set; }

    public async Task CommitAsync(Npgsql.NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        IsCommitting = true;
        await transaction.CommitAsync(cancellation);
        IsCommitting = false;
    }
}
