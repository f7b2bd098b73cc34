/**
 * Storage tiers: the names under which pools of blocks are told apart, at compile time and at run
 * time.
 *
 * <p>A block manager has a tier type parameter. It makes {@code BlockManager<G2>} refuse a guard of
 * {@code G1} at compile time; at run time the tier is the key of presence queries and the label of
 * metrics. No bytes live here.
 */
@NullMarked
package dev.kvbm.logical.tier;

import org.jspecify.annotations.NullMarked;
