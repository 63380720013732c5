namespace Ingest.Storage.Postgres;

/// <summary>The unsealed blocks of one stream, summed up on both sides of where a batch would end.</summary>
/// <param name="Taken">Those up to the batch's last seq.</param>
/// <param name="FirstGeneration">The oldest generation that holds one of them,</param>
/// <param name="LastGeneration">and the newest.</param>
/// <param name="Rest">Those behind it; received at <see cref="StreamRun.None"/> where there are none.</param>
/// <param name="RestGeneration">The oldest generation that holds one of those.</param>
internal readonly record struct UnsealedBlocks(
    BlockRun Taken, int FirstGeneration, int LastGeneration, BlockRun Rest, int RestGeneration);
